import { failure, json } from '../route.ts';
import type { Answer, Ask, Route } from '../route.ts';
import { random } from '../world/random.ts';
import type { WorldCreator, WorldImage } from '../world/types.ts';
import { ADJECTIVES, NOUNS } from '../world/words.ts';
import { avatarUrl, cdnUrl } from './links.ts';
import type { RateGate } from './listings-rate.ts';
import { readQuery, zodFailure } from './query.ts';

/** How many of each there are; ids are 1 … COUNT, the newest first in lists. */
const COUNT = 45;
const TYPES = ['Model', 'Image', 'Post', 'Article'] as const;

type Teller = (ask: Ask, id: number) => Record<string, unknown>;

/** /articles and /collections, made from the seed alone; both behind the rate limit. */
export function textRoutes(gate: RateGate): Route[] {
  return [...listAndOne('articles', article, gate), ...listAndOne('collections', collection, gate)];
}

function listAndOne(name: string, tell: Teller, gate: RateGate): Route[] {
  const noun = name === 'articles' ? 'article' : 'collection';
  return [
    {
      method: 'GET',
      pattern: `/api/v1/${name}`,
      endpoint: name,
      access: 'public',
      respond: (ask) => gate(ask) ?? list(ask, tell),
    },
    {
      method: 'GET',
      pattern: `/api/v1/${name}/:id`,
      endpoint: `${name}/:id`,
      access: 'public',
      respond: (ask) => gate(ask) ?? one(ask, noun, tell),
    },
  ];
}

function list(ask: Ask, tell: Teller): Answer {
  const read = readQuery(ask.query);
  const limit = read.int('limit', 1, 100) ?? 20;
  const cursor = read.int('cursor', 0, 2_147_483_647) ?? COUNT;
  if (read.issues.length > 0) return zodFailure(read.issues);
  const first = Math.min(cursor, COUNT);
  const ids = Array.from({ length: Math.min(limit, first) }, (_, at) => first - at);
  const next = first - limit;
  const metadata: Record<string, unknown> = {};
  if (next > 0) {
    const url = new URL(`${ask.origin}${ask.url.pathname}${ask.url.search}`);
    url.searchParams.set('cursor', String(next));
    Object.assign(metadata, { nextCursor: next, nextPage: url.href });
  }
  return json(200, { items: ids.map((id) => tell(ask, id)), metadata });
}

function one(ask: Ask, noun: string, tell: Teller): Answer {
  const id = Number(ask.params['id']);
  if (!Number.isInteger(id) || id < 1) return failure(400, `✖ Invalid ${noun} id\n  → at id`);
  return id <= COUNT ? json(200, tell(ask, id)) : failure(404, `No ${noun} with id ${id}`);
}

function collection(ask: Ask, id: number): Record<string, unknown> {
  const chance = random(ask.world.seed, 'collection', id);
  const cover = coverOf(ask, id);
  return {
    id,
    name: `${chance.pick(ADJECTIVES)} ${chance.pick(NOUNS)}`,
    description: chance.chance(0.3) ? null : `Things about the ${chance.pick(NOUNS).toLowerCase()}.`,
    type: chance.pick(TYPES),
    nsfwLevel: cover?.nsfwLevel ?? 1,
    read: 'Public',
    isPublic: true,
    itemCount: chance.int(0, 400),
    coverImageUrl: coverUrl(ask, cover),
    user: userOf(ask, id),
  };
}

function article(ask: Ask, id: number): Record<string, unknown> {
  const chance = random(ask.world.seed, 'article', id);
  const cover = coverOf(ask, id + COUNT);
  const title = `On the ${chance.pick(ADJECTIVES).toLowerCase()} ${chance.pick(NOUNS).toLowerCase()}`;
  return {
    id,
    title,
    content: `<h2>${title}</h2><p>What was found out about it, step by step.</p>`,
    nsfwLevel: cover?.nsfwLevel ?? 1,
    publishedAt: new Date(ask.world.startedAt - (COUNT - id) * 86_400_000).toISOString(),
    tags: chance.some(ask.world.tags(), 3).map((tag) => tag.name),
    coverImageUrl: coverUrl(ask, cover),
    user: userOf(ask, id),
    stats: { viewCount: chance.int(50, 9_000), commentCount: chance.int(0, 40) },
  };
}

function coverOf(ask: Ask, id: number): WorldImage | undefined {
  const { feed } = ask.world;
  const count = feed.count(ask.world.startedAt);
  return count === 0 ? undefined : feed.at((id * 7919) % count);
}

function coverUrl(ask: Ask, cover: WorldImage | undefined): string | null {
  return cover === undefined ? null : cdnUrl(ask.origin, cover.uuid, 'width=450', `${cover.uuid}.jpeg`);
}

function userOf(ask: Ask, id: number): Record<string, unknown> | null {
  const creators = ask.world.creators().filter((creator) => creator.username !== null);
  const creator: WorldCreator | undefined = creators[id % Math.max(1, creators.length)];
  if (creator === undefined) return null;
  return { id: creator.id, username: creator.username, image: avatarUrl(ask.origin, creator.image) };
}
