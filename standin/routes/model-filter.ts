import type { Ask } from '../route.ts';
import type { WorldModel } from '../world/types.ts';
import { TYPES } from '../world/words.ts';
import { listedVersions } from './model-shape.ts';
import type { Issue } from './query.ts';
import { readQuery } from './query.ts';

const MODEL_SORTS = ['Highest Rated', 'Most Downloaded', 'Most Liked', 'Most Discussed', 'Most Collected', 'Most Images', 'Newest', 'Oldest'] as const; // prettier-ignore
export type ModelSort = (typeof MODEL_SORTS)[number];
const PERIODS = { Day: 1, Week: 7, Month: 30, Year: 365, AllTime: Infinity } as const;
type Period = keyof typeof PERIODS;

/** What /models was asked, once understood. */
export interface ModelQuery {
  readonly limit: number;
  readonly page: number | undefined;
  readonly cursor: string | undefined;
  readonly text: string | undefined;
  readonly sort: ModelSort;
  readonly period: Period;
  readonly nsfw: boolean;
  readonly archived: boolean;
  readonly primaryFileOnly: boolean;
  readonly ids: readonly number[] | undefined;
  readonly modelVersionIds: readonly number[] | undefined;
  readonly types: readonly string[] | undefined;
  readonly baseModels: readonly string[] | undefined;
  readonly checkpointType: string | undefined;
  readonly tag: string | undefined;
  readonly username: string | undefined;
  readonly availability: string | undefined;
  readonly supportsGeneration: boolean;
  readonly earlyAccess: boolean;
  /** Asked for what only a signed-in user has: 401 without. */
  readonly personal: boolean;
}

/** Reads the query of /models; `issues` is not empty when the site would answer 400. */
export function readModelQuery(query: URLSearchParams): { asked: ModelQuery; issues: readonly Issue[] } {
  const read = readQuery(query);
  read.forbid(['browsingLevel', 'collectionId', 'allowNoCredit', 'allowDerivatives', 'allowDifferentLicense', 'disablePoi', 'isFeatured', 'pending']); // prettier-ignore
  const availability = read.oneOf('availability', ['Public', 'Unsearchable', 'Private', 'EarlyAccess']);
  const favorites = query.has('favorites') || query.has('hidden');
  read.bool('favorites');
  read.bool('hidden');
  read.manyOf('allowCommercialUse', ['None', 'Image', 'RentCivit', 'Rent', 'Sell']);
  const asked: ModelQuery = {
    limit: read.int('limit', 0, 100) ?? 100,
    page: read.int('page', 1, Number.MAX_SAFE_INTEGER),
    cursor: read.text('cursor'),
    text: read.text('query') === '' ? undefined : read.text('query'),
    sort: read.oneOf('sort', MODEL_SORTS) ?? 'Highest Rated',
    period: read.oneOf('period', Object.keys(PERIODS) as Period[]) ?? 'AllTime',
    nsfw: read.bool('nsfw') ?? false,
    archived: read.truthy('archived'),
    primaryFileOnly: read.bool('primaryFileOnly') ?? false,
    ids: read.ints('ids'),
    modelVersionIds: read.ints('modelVersionIds'),
    types: read.manyOf('types', TYPES),
    baseModels: read.manyOf('baseModels', undefined),
    checkpointType: read.oneOf('checkpointType', ['Trained', 'Merge']),
    tag: read.text('tag') ?? read.text('tagname'),
    username: read.text('username') ?? read.text('user'),
    availability,
    supportsGeneration: read.truthy('supportsGeneration'),
    earlyAccess: read.truthy('earlyAccess'),
    personal: favorites || (availability === 'Private' && !query.has('username')),
  };
  if (asked.page !== undefined && asked.text !== undefined) {
    read.issues.push({
      code: 'custom',
      path: ['page'],
      message: 'Cannot use page param with query search. Use cursor-based pagination.',
    });
  }
  return { asked, issues: read.issues };
}

/** The name as the site looks it up: one space becomes `_`, the rest of what is not a word goes. */
export function normalName(username: string): string {
  return username
    .replace(' ', '_')
    .replaceAll(/[^A-Za-z0-9_]/g, '')
    .toLowerCase();
}

/**
 * Whether /models lists a model at all, whatever is asked: not archived ones unless wanted, no real people, nothing
 * unrated or private; with nsfw=true no minor-flagged ones, without it PG only.
 */
export function listed(model: WorldModel, asked: Pick<ModelQuery, 'nsfw' | 'archived'>): boolean {
  if (model.status !== 'Published' || model.availability === 'Private' || model.poi || model.nsfwLevel === 0)
    return false;
  if (model.mode === 'Archived' && !asked.archived) return false;
  if (asked.nsfw ? model.minor : (model.nsfwLevel & 1) === 0) return false;
  return listedVersions(model).length > 0;
}

/** What was asked for beyond that. `creatorId` when a name was given and found. */
export function wanted(
  model: WorldModel,
  asked: ModelQuery,
  ask: Ask,
  creatorId: number | undefined,
): boolean {
  const { ids, modelVersionIds, types, baseModels } = asked;
  const some = (test: (version: WorldModel['versions'][number]) => boolean): boolean =>
    model.versions.some(test);
  const since = ask.now - PERIODS[asked.period] * 86_400_000;
  return (
    (ids === undefined || ids.includes(model.id)) &&
    (modelVersionIds === undefined || some((version) => modelVersionIds.includes(version.id))) &&
    (types === undefined || types.includes(model.type)) &&
    (baseModels === undefined || some((version) => baseModels.includes(version.baseModel))) &&
    (asked.checkpointType === undefined || model.checkpointType === asked.checkpointType) &&
    (creatorId === undefined || model.creatorId === creatorId) &&
    (!asked.supportsGeneration || model.supportsGeneration) &&
    (!asked.earlyAccess || some((version) => (version.earlyAccessUntil ?? 0) > ask.now)) &&
    (asked.availability === undefined || model.availability === asked.availability) &&
    (asked.period === 'AllTime' || some((version) => (version.publishedAt ?? 0) >= since)) &&
    (asked.text === undefined || model.name.toLowerCase().includes(asked.text.toLowerCase())) &&
    hasTag(model, asked.tag, ask)
  );
}

/** An unknown tag is no filter. */
function hasTag(model: WorldModel, tag: string | undefined, ask: Ask): boolean {
  if (tag === undefined || model.tags.includes(tag.toLowerCase())) return true;
  return !ask.world.tags().some((known) => known.name === tag.toLowerCase());
}
