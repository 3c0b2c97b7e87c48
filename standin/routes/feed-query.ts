import { BASE_MODELS, HIDDEN_BASE_MODELS } from '../world/words.ts';
import { readQuery } from './query.ts';
import type { Issue, QueryReader } from './query.ts';

const IMAGE_SORTS = [
  'Most Reactions',
  'Most Comments',
  'Most Collected',
  'Newest',
  'Oldest',
  'Random',
] as const;
export type ImageSort = (typeof IMAGE_SORTS)[number];

const PERIODS = ['Day', 'Week', 'Month', 'Year', 'AllTime'] as const;
const DAY_MS = 86_400_000;
const PERIOD_MS = {
  Day: DAY_MS,
  Week: 7 * DAY_MS,
  Month: 30 * DAY_MS,
  Year: 365 * DAY_MS,
  AllTime: Infinity,
};

/** What `GET /images` was asked for. */
export interface FeedQuery {
  readonly limit: number;
  readonly page: number | undefined;
  readonly cursor: string | undefined;
  readonly postId: number | undefined;
  readonly modelId: number | undefined;
  readonly modelVersionId: number | undefined;
  readonly imageId: number | undefined;
  readonly userId: number | undefined;
  readonly username: string | undefined;
  /** How far back, in ms; Infinity for all time. */
  readonly spanMs: number;
  readonly sort: ImageSort;
  /** Bits of 1 2 4 8 16. */
  readonly levels: number;
  readonly tags: readonly number[] | undefined;
  readonly type: 'image' | 'video' | 'audio' | undefined;
  readonly baseModels: readonly string[] | undefined;
  readonly withMeta: boolean;
  readonly flatMeta: boolean | undefined;
  /** "Flagged as unverifiable", whatever its name says. */
  readonly requiringMeta: boolean;
  readonly withTags: boolean;
}

/** Reads the query; unknown keys are dropped, as on the site. */
export function readFeedQuery(query: URLSearchParams): {
  readonly asked: FeedQuery;
  readonly issues: readonly Issue[];
} {
  const read = readQuery(query);
  const id = (name: string): number | undefined => read.int(name, -2_147_483_648, 2_147_483_647);
  const period = read.oneOf('period', PERIODS) ?? 'AllTime';
  const asked: FeedQuery = {
    limit: read.int('limit', 0, 200) ?? 100,
    page: read.int('page', 1, 1_000_000),
    cursor: read.text('cursor'),
    postId: id('postId'),
    modelId: id('modelId'),
    modelVersionId: id('modelVersionId'),
    imageId: id('imageId'),
    userId: id('userId'),
    username: username(read),
    spanMs: PERIOD_MS[period],
    sort: read.oneOf('sort', IMAGE_SORTS) ?? 'Most Reactions',
    levels: levels(read),
    tags: read.ints('tags'),
    type: read.oneOf('type', ['image', 'video', 'audio']),
    baseModels: baseModels(read),
    withMeta: read.bool('withMeta') ?? false,
    flatMeta: read.bool('flatMeta'),
    requiringMeta: read.bool('requiringMeta') ?? false,
    withTags: read.bool('withTags') ?? false,
  };
  return { asked, issues: read.issues };
}

const NAMED_LEVELS: Readonly<Record<string, number>> = { None: 1, Soft: 3, Mature: 7, X: 31, Blocked: 32 };

/** `nsfw=true` means the mature levels only; a browsing level wins over it; 32 is never given. */
function levels(read: QueryReader): number {
  const mask = read.int('browsingLevel', 0, 63);
  const name = read.text('nsfw');
  const named = name === undefined ? 1 : (NAMED_LEVELS[name] ?? (read.bool('nsfw') === true ? 60 : 1));
  return (mask ?? named) & 31;
}

function username(read: QueryReader): string | undefined {
  const name = read.text('username');
  if (name !== undefined && !/^\w{0,64}$/.test(name)) {
    read.issues.push({ code: 'invalid_format', path: ['username'], message: 'Invalid string' });
  }
  return name === '' ? undefined : name;
}

function baseModels(read: QueryReader): string[] | undefined {
  const names = read.text('baseModels')?.split(',');
  const known: readonly string[] = [...BASE_MODELS, ...HIDDEN_BASE_MODELS];
  if (names?.every((name) => known.includes(name)) === false) {
    read.issues.push({ code: 'invalid_value', path: ['baseModels'], message: 'Invalid option' });
  }
  return names;
}
