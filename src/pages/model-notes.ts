import type { ModelFileView, NoteView } from '../catalog/views.ts';
import { wordsIn } from './by-hand.ts';
import { cleanHtml } from './clean-html.ts';
import { type Html, html } from './html.ts';
import { levelText } from './levels.ts';
import { markdown } from './markdown.ts';
import { copyButton, fact, section, siteLink } from './pieces.ts';

type Field = NoteView['field'];

/** The user's own words, by the label people know. */
const OWN: ReadonlyMap<Field, string> = new Map([
  ['title', 'Title'],
  ['notes', 'Notes'],
  ['activation_text', 'Activation text'],
  ['negative_text', 'Negative text'],
  ['preferred_weight', 'Preferred weight'],
  ['description', 'Description'],
  ['link', 'Link'],
  ['level', 'Rated'],
]);

const KEPT: ReadonlyMap<Field, string> = new Map([
  ['model_name', 'Model'],
  ['version_name', 'Version'],
  ['model_type', 'Type'],
  ['base_model', 'Base model'],
  ['creator', 'Creator'],
  ['trained_words', 'Trigger words'],
  ['tags', 'Tags'],
  ['model_id', 'Model id'],
  ['version_id', 'Version id'],
]);

/** Fields that people paste into prompts. */
const COPIED: ReadonlySet<Field> = new Set(['activation_text', 'negative_text']);

/** The programs that keep notes, by the name of their format. */
const PROGRAMS: Readonly<Record<string, string>> = {
  a1111: 'A1111',
  'lora-manager': 'LoRA Manager',
  'stability-matrix': 'Stability Matrix',
  swarmui: 'SwarmUI',
  'civitai-info': 'Civitai Helper',
  'api-info': 'Civitai Browser+',
  civitscraper: 'CivitScraper',
  about: 'by hand',
  'data-manager-version': 'Civitai Data Manager',
  'data-manager-model': 'Civitai Data Manager',
};

/** What the notes beside the file say: the user's own words, and what else is known of a file the site does not know. */
export function notesParts({ notes = [], known }: ModelFileView): Html {
  const byHand = notes.filter((note) => note.origin === 'about');
  const others = notes.filter((note) => note.origin !== 'about');
  return html`${section('notes', 'Your notes', listOf(notes, OWN))}
  ${section('by-hand', 'Described by hand', listOf(byHand, KEPT))}
  ${known === undefined && section('kept-notes', 'What other programs noted', listOf(others, KEPT))}`;
}

function listOf(notes: readonly NoteView[], labels: ReadonlyMap<Field, string>): Html | undefined {
  const some = notes.filter((note) => labels.has(note.field));
  if (some.length === 0) return undefined;
  return html`<dl class="facts">
    ${some.map((note) => fact(labels.get(note.field) ?? '', valueOf(note)))}
  </dl>`;
}

function valueOf({ field, value, origin }: NoteView): Html {
  const text = textOf(field, value);
  const copy = COPIED.has(field) && copyButton(text, (OWN.get(field) ?? '').toLowerCase());
  const isLong = origin === 'about' && (field === 'description' || field === 'notes');
  return html`${field === 'link' ? siteLink(text, text) : isLong ? markdown(text) : said(text)} ${copy}
    <span class="muted">${PROGRAMS[origin] ?? origin}</span>`;
}

/** Lines as they were typed; what is HTML, as descriptions from the site are, cleaned. */
function said(text: string): Html {
  if (/<[a-z][a-z0-9]*[\s/>]/i.test(text))
    return html`<div class="prose" dir="auto">${cleanHtml(text)}</div>`;
  return html`<span class="said" dir="auto">${text}</span>`;
}

function textOf(field: Field, value: string): string {
  if (field === 'level') return levelText(Number(value));
  return field === 'trained_words' || field === 'tags' ? wordsIn(value).join(', ') : value;
}
