import { plainText } from '../query/plain-text.ts';
import { listOf } from './facts-clean.ts';
import type { CardNotes } from './view-notes.ts';
import type { CardView, HeaderHints } from './views.ts';

/** What a card's words come from. */
interface CardSources {
  readonly version: VersionWords | undefined;
  readonly model: ModelWords | undefined;
  /** The site's. */
  readonly tags: readonly string[];
  readonly notes: CardNotes | undefined;
  /** Where the site says nothing. */
  readonly hints: HeaderHints | undefined;
}

interface VersionWords {
  readonly name: string;
  readonly base_model: string | null;
  readonly trained_words: string | null;
  readonly nsfw_level: number | null;
  readonly description: string | null;
}

interface ModelWords {
  readonly name: string;
  readonly type: string;
  readonly username: string | null;
  readonly nsfw_level: number | null;
  readonly description: string | null;
}

/** Characters of the plain text of descriptions. */
const MOST_ABOUT = 600;

type Words = 'name' | 'versionName' | 'type' | 'baseModel' | 'creator' | 'tags' | 'trainedWords' | 'likely' | 'nsfwLevel'; // prettier-ignore

/** What it is called: the word written by hand, then the site's, then what programs kept of that, then the header's. */
export function wordsOf(
  stem: string,
  { version, model, tags, notes, hints }: CardSources,
): Pick<CardView, Words> {
  const isKnown = version !== undefined;
  const said = (field: Parameters<CardNotes['said']>[0]): string | undefined => notes?.said(field, isKnown);
  const guess = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : `${text} (from header)`;
  const listed = said('tags');
  const told = said('trained_words');
  const trained = told === undefined ? listOf(version?.trained_words ?? null) : listOf(told);
  const likely = trained.length === 0 && (hints?.words.length ?? 0) > 0;
  const level = Number(said('level') ?? 0);
  return {
    name: said('model_name') ?? model?.name ?? version?.name ?? stem,
    versionName: said('version_name') ?? version?.name,
    type: said('model_type') ?? model?.type ?? guess(hints?.type),
    baseModel: said('base_model') ?? version?.base_model ?? guess(hints?.baseModel),
    creator: said('creator') ?? model?.username ?? undefined,
    tags: listed === undefined ? tags : listOf(listed),
    trainedWords: likely ? (hints?.words ?? []).slice(0, MOST_LIKELY) : trained,
    likely,
    nsfwLevel: level || version?.nsfw_level || (model?.nsfw_level ?? 0),
  };
}

/** Tags of the training that stand on a card. */
const MOST_LIKELY = 6;

/** The user's own words, plain text of the descriptions and likely words, shortened, for search. */
export function searchText({ version, model, notes, hints }: Omit<CardSources, 'tags'>): string {
  const about = aboutOf(version?.description ?? null, model?.description ?? null);
  return `${notes?.words ?? ''} ${about} ${(hints?.words ?? []).join(' ')}`.trim().slice(0, MOST_ABOUT);
}

function aboutOf(version: string | null, model: string | null): string {
  const first = version === null ? '' : plainText(version, MOST_ABOUT);
  const left = MOST_ABOUT - first.length - 1;
  if (model === null || left <= 0) return first;
  return `${first} ${plainText(model, left)}`.trim();
}
