import type { Model } from './shapes/types.ts';

/** What a page of models was narrowed down to, in the API's words. */
export interface ModelListing {
  readonly query: string | undefined;
  readonly tag: string | undefined;
  readonly username: string | undefined;
  readonly types: readonly string[];
  readonly baseModels: readonly string[];
  readonly checkpointType: string | undefined;
  readonly period: string | undefined;
  readonly sort: string | undefined;
  /** Parts of the address that the API has no filter for. */
  readonly unread: readonly string[];
}

type Filter = Exclude<keyof ModelListing, 'unread'>;

/** The names of the API, of the site's pages, and of its search page. */
const NAMES: Readonly<Record<string, Filter>> = {
  query: 'query',
  tag: 'tag',
  tagname: 'tag',
  tags: 'tag',
  username: 'username',
  user: 'username',
  users: 'username',
  types: 'types',
  type: 'types',
  modeltype: 'types',
  basemodels: 'baseModels',
  basemodel: 'baseModels',
  checkpointtype: 'checkpointType',
  period: 'period',
  sort: 'sort',
};

/** They say how a page looks, or what `--browsing-level` says. */
const OF_THE_PAGE = new Set([
  'view',
  'nsfw',
  'page',
  'limit',
  'cursor',
  'sortby',
  'browsinglevel',
  'primaryfileonly',
]);

/** The API has one tag and one name a question. */
const ONLY_ONE: readonly Filter[] = ['query', 'tag', 'username', 'checkpointType', 'period', 'sort'];

/** What the address of a list of models asks for; every part that can't be asked for is named in `unread`. */
export function modelListing(query: Readonly<Record<string, readonly string[]>>): ModelListing {
  const found: Partial<Record<Filter, string[]>> = {};
  const unread: string[] = [];
  for (const [name, values] of Object.entries(query)) {
    const filter = NAMES[name.toLowerCase()];
    const said = values.map((value) => value.trim()).filter((value) => value !== '');
    if (filter !== undefined) (found[filter] ??= []).push(...said);
    else if (!OF_THE_PAGE.has(name.toLowerCase())) unread.push(name);
  }
  for (const filter of ONLY_ONE) if ((found[filter]?.length ?? 0) > 1) unread.push(`a second ${filter}`);
  const one = (filter: Filter): string | undefined => found[filter]?.[0];
  return {
    query: one('query'),
    tag: one('tag'),
    username: one('username'),
    types: found.types ?? [],
    baseModels: found.baseModels ?? [],
    checkpointType: one('checkpointType'),
    period: one('period'),
    sort: one('sort'),
    unread,
  };
}

/** A list of all models with a tag. */
export function tagListing(tag: string): ModelListing {
  return modelListing({ tag: [tag] });
}

/** True when it narrows nothing down. */
export function isEverything(listing: ModelListing): boolean {
  const { query, tag, username, types, baseModels, checkpointType, period } = listing;
  const single = [query, tag, username, checkpointType, period === 'AllTime' ? undefined : period];
  return single.every((one) => one === undefined) && types.length + baseModels.length === 0;
}

/** Whether a model is one of those asked for: the site drops filters that it can't read, and lists everything then. */
export function fitsListing({ tags, type, versions, creator }: Model, listing: ModelListing): boolean {
  const isOneOf = (wanted: readonly string[], values: readonly (string | undefined)[]): boolean =>
    wanted.length === 0 || wanted.some((one) => values.some((value) => same(one, value)));
  return (
    (listing.tag === undefined || isOneOf([listing.tag], tags)) &&
    isOneOf(listing.types, [type]) &&
    isOneOf(
      listing.baseModels,
      versions.map(({ baseModel }) => baseModel),
    ) &&
    (listing.username === undefined || creator === undefined || same(listing.username, creator.username))
  );
}

function same(one: string, other: string | undefined): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}
