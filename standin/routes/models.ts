import { failure, json } from '../route.ts';
import type { Answer, Ask, Route } from '../route.ts';
import type { WorldModel } from '../world/types.ts';
import { listed, normalName, readModelQuery, wanted } from './model-filter.ts';
import type { ModelQuery } from './model-filter.ts';
import { pageOf } from './model-paging.ts';
import type { ModelPage } from './model-paging.ts';
import { modelShape } from './model-shape.ts';
import { zodFailure } from './query.ts';

const PG = 1;
const ALL_LEVELS = 31;
/** How long the site itself keeps a positive answer of /models/{id}. */
const ORIGIN_CACHE_MS = 180_000;
const ORIGIN_CACHE_ENTRIES = 500;

/** /models and /models/{id}. `originCache` false lets every answer be fresh. */
export function modelRoutes(originCache: boolean): Route[] {
  const kept = new Map<number, { readonly at: number; readonly answer: Answer }>();
  return [
    { method: 'GET', pattern: '/api/v1/models', endpoint: 'models', access: 'mixed', respond: listModels },
    {
      method: 'GET',
      pattern: '/api/v1/models/:id',
      endpoint: 'models/id',
      access: 'public',
      respond(ask) {
        const id = Number(ask.params['id']);
        const held = kept.get(id);
        if (originCache && held !== undefined && ask.now - held.at < ORIGIN_CACHE_MS) return held.answer;
        const answer = oneModel(ask, id);
        if (kept.size >= ORIGIN_CACHE_ENTRIES) kept.clear();
        if (answer.status === 200) kept.set(id, { at: ask.now, answer });
        return answer;
      },
    },
  ];
}

function oneModel(ask: Ask, id: number): Answer {
  if (!Number.isInteger(id) || id < 1 || id > 2_147_483_647) {
    return zodFailure([
      { code: 'invalid_type', path: ['id'], message: 'Invalid input: expected number, received NaN' },
    ]);
  }
  const model = ask.world.model(id);
  const hidden =
    model === undefined ||
    model.status !== 'Published' ||
    model.availability === 'Private' ||
    model.poi ||
    model.nsfwLevel === 0;
  if (hidden) return failure(404, `No model with id ${id}`);
  return json(200, modelShape(ask, model, { level: ALL_LEVELS, primaryFileOnly: false, detail: true }));
}

function listModels(ask: Ask): Answer {
  const { asked, issues } = readModelQuery(ask.query);
  if (issues.length > 0) return zodFailure(issues);
  if (asked.personal && ask.session === undefined) return failure(401, 'Unauthorized');
  if (asked.page !== undefined && asked.page * asked.limit > 1_000) {
    return failure(429, "You've requested too many pages, please use cursors instead");
  }
  const creator =
    asked.username === undefined ? undefined : ask.world.creatorByName(normalName(asked.username));
  if (asked.username !== undefined && creator === undefined) return json(404, { message: 'User not found' });
  const found = candidates(ask, asked).filter((model) => wanted(model, asked, ask, creator?.id));
  // The search engine pages first and the database sifts afterwards, so such pages come short or empty.
  const sifted = asked.text === undefined ? found.filter((model) => listed(model, asked)) : found;
  const page = pageOf(ask, sifted, asked);
  if (page === undefined) {
    return zodFailure([{ code: 'custom', path: ['cursor'], message: 'Invalid cursor' }]);
  }
  const models = asked.text === undefined ? page.models : page.models.filter((model) => listed(model, asked));
  const level = asked.nsfw ? ALL_LEVELS : PG;
  return json(200, {
    items: models.map((model) =>
      modelShape(ask, model, { level, primaryFileOnly: asked.primaryFileOnly, detail: false }),
    ),
    metadata: metadataOf(ask, asked, page),
  });
}

function candidates(ask: Ask, asked: ModelQuery): WorldModel[] {
  const ids = asked.ids === undefined ? ask.world.modelIds() : [...new Set(asked.ids)];
  return ids.map((id) => ask.world.model(id)).filter((model) => model !== undefined);
}

function metadataOf(ask: Ask, asked: ModelQuery, page: ModelPage): Record<string, unknown> {
  const metadata: Record<string, unknown> = {};
  if (page.nextCursor !== undefined) {
    // Built from the request's own query, whatever is in it: the token too.
    const next = new URL(`${ask.origin}${ask.url.pathname}${ask.url.search}`);
    next.searchParams.set('cursor', page.nextCursor);
    Object.assign(metadata, { nextCursor: page.nextCursor, nextPage: next.href });
  }
  if (asked.page !== undefined) Object.assign(metadata, { currentPage: asked.page, pageSize: asked.limit });
  return metadata;
}
