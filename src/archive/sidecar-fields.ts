import type { MergedSidecar, Said } from '../formats/sidecars/merge-sidecars.ts';
import type { SidecarFormat } from '../formats/sidecars/facts.ts';
import type { NoteField as Field } from '../catalog/schema-notes.ts';
import type { NotedFile, UserField } from '../catalog/user-field.ts';

type Saying = NotedFile['fields'][number];

/** What the site says of a file: a note that says the same is an echo, not the user's word. */
export interface SiteWords {
  readonly trainedWords: readonly string[];
  /** Plain text, as our own notes hold it. */
  readonly about: string;
}

/**
 * A merged view as rows of the catalog. With `site`, a file that the site knows: only the user's own words are kept, and
 * of them none that only repeats the site; what was described by hand is kept whole.
 */
export function fieldsFrom({ own, kept }: MergedSidecar, site: SiteWords | undefined): Saying[] {
  const words = [
    ...saying('title', own.title),
    ...saying('notes', own.notes),
    ...saying('activation_text', own.activationText),
    ...saying('negative_text', own.negativeText),
    ...saying('preferred_weight', own.preferredWeight),
    ...saying('description', own.description ?? (site === undefined ? kept.description : undefined)),
    ...saying('link', own.link),
    ...saying('level', own.level),
  ];
  const facts = [
    ...saying('model_name', kept.modelName),
    ...saying('version_name', kept.versionName),
    ...saying('model_type', kept.modelType),
    ...saying('base_model', kept.baseModel),
    ...saying('creator', kept.creator),
    ...saying('trained_words', kept.trainedWords),
    ...saying('tags', kept.tags),
    ...saying('model_id', kept.modelId),
    ...saying('version_id', kept.versionId),
  ];
  if (site === undefined) return [...words, ...facts];
  return [...words.filter((one) => !isEcho(one, site)), ...facts.filter((one) => one.origin === 'about')];
}

function saying(field: Field, said: Said<string | number | readonly string[]> | undefined): Saying[] {
  if (said === undefined) return [];
  const { value, origin } = said;
  return [{ field, value: typeof value === 'object' ? JSON.stringify(value) : String(value), origin }];
}

function isEcho({ field, value, origin }: Saying, site: SiteWords): boolean {
  if (origin === 'about') return false;
  if (field === 'description') return plain(value) === plain(site.about);
  return (
    field === 'activation_text' && termsIn(value) === site.trainedWords.map(termsIn).filter(Boolean).join()
  );
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function termsIn(text: string): string {
  return text.split(',').map(plain).filter(Boolean).join();
}

/** The user's own words out of the rows of one file. */
export function ownFrom(rows: readonly UserField[]): MergedSidecar['own'] {
  const said = (field: Field): Said<string> | undefined => {
    const row = rows.find((one) => one.field === field);
    return row === undefined ? undefined : { value: row.value, origin: row.origin as SidecarFormat };
  };
  const weight = said('preferred_weight');
  const own = {
    title: said('title'),
    notes: said('notes'),
    activationText: said('activation_text'),
    negativeText: said('negative_text'),
    preferredWeight: weight === undefined ? undefined : { ...weight, value: Number(weight.value) },
    description: said('description'),
  };
  return Object.fromEntries(
    Object.entries(own).filter(([, value]) => value !== undefined),
  ) as MergedSidecar['own'];
}
