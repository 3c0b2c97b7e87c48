import { json } from '../route.ts';
import type { Answer, Ask, Route } from '../route.ts';
import { hash32 } from '../world/random.ts';
import type { World, WorldCreator } from '../world/types.ts';
import { BASE_MODELS, FILE_TYPES, HIDDEN_BASE_MODELS, TYPES } from '../world/words.ts';
import { avatarUrl } from './links.ts';
import { pageLink, pageWish, slicePage } from './listings-pages.ts';
import { rateGate } from './listings-rate.ts';
import { textRoutes } from './listings-texts.ts';
import { readQuery, zodFailure } from './query.ts';

export interface ListingOptions {
  /** Real epoch ms, for the rate limit of articles and collections. */
  readonly now?: () => number;
}

/** Creators, tags, enums, articles and collections. */
export function listingRoutes(options: ListingOptions = {}): Route[] {
  return [
    { method: 'GET', pattern: '/api/v1/creators', endpoint: 'creators', access: 'public', respond: creators },
    { method: 'GET', pattern: '/api/v1/tags', endpoint: 'tags', access: 'public', respond: tags },
    { method: 'GET', pattern: '/api/v1/enums', endpoint: 'enums', access: 'none', respond: enums },
    ...textRoutes(rateGate(options.now ?? Date.now)),
  ];
}

/** In no order that means anything. With a query the totals are lower bounds: what is known to exist so far. */
function creators(ask: Ask): Answer {
  const read = readQuery(ask.query);
  const wish = pageWish(read);
  if (read.issues.length > 0) return zodFailure(read.issues);
  const query = read.text('query')?.toLowerCase();
  const all = ask.world
    .creators()
    .filter((creator) => creator.username !== null && !creator.system)
    .filter((creator) => query === undefined || creator.username?.toLowerCase().includes(query) === true)
    .toSorted((a, b) => hash32(a.id) - hash32(b.id));
  const hasMore = wish.page * wish.limit < all.length;
  const seen = Math.min(all.length, wish.page * wish.limit + Number(hasMore));
  const totalItems = query === undefined ? all.length : seen;
  const metadata: Record<string, unknown> = {
    totalItems,
    currentPage: wish.page,
    pageSize: wish.limit,
    totalPages: Math.ceil(totalItems / wish.limit),
    hasMore,
  };
  if (hasMore) metadata['nextPage'] = pageLink(ask, wish.page + 1);
  if (wish.page > 1) metadata['prevPage'] = pageLink(ask, wish.page - 1);
  const items = slicePage(all, wish).map((creator) => creatorItem(ask, creator));
  return json(200, { items, metadata });
}

/** Zero models and no picture are told by absent keys. */
function creatorItem(ask: Ask, creator: WorldCreator): Record<string, unknown> {
  const modelCount = ask.world.modelsOf(creator.id).filter((model) => model.status === 'Published').length;
  const username = creator.username ?? '';
  const image = avatarUrl(ask.origin, creator.image);
  return {
    username,
    ...(modelCount > 0 ? { modelCount } : {}),
    link: `${ask.origin}/api/v1/models?username=${encodeURIComponent(username)}`,
    ...(image === null ? {} : { image }),
  };
}

/** By number of models. The metadata never knows a total nor a next page: the end is an empty page. */
function tags(ask: Ask): Answer {
  const read = readQuery(ask.query);
  const wish = pageWish(read);
  if (read.issues.length > 0) return zodFailure(read.issues);
  const query = read.text('query')?.toLowerCase();
  const counts = tagCounts(ask.world);
  const found = ask.world
    .tags()
    .filter((tag) => (query === undefined ? isGeneral(tag.id) : tag.name.toLowerCase().startsWith(query)))
    .toSorted((a, b) => (counts.get(b.name) ?? 0) - (counts.get(a.name) ?? 0));
  const items = slicePage(found, wish).map(({ name }) => ({
    name,
    link: `${ask.origin}/api/v1/models?tag=${encodeURIComponent(name)}`,
  }));
  const metadata = { totalItems: 0, currentPage: wish.page, pageSize: wish.limit, totalPages: 1 };
  return json(200, { items, metadata });
}

/** Without a query only tags of PG level are listed; every ninth is none here. */
function isGeneral(tagId: number): boolean {
  return tagId % 9 !== 0;
}

function tagCounts(world: World): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of world.modelIds()) {
    for (const name of world.model(id)?.tags ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function enums(): Answer {
  return json(200, {
    ModelType: TYPES,
    ModelFileType: FILE_TYPES,
    ActiveBaseModel: BASE_MODELS,
    BaseModel: [...BASE_MODELS, ...HIDDEN_BASE_MODELS],
    BaseModelType: ['Standard', 'Inpainting', 'Refiner', 'Pix2Pix'],
  });
}
