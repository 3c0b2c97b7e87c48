import { failure, json } from '../route.ts';
import type { Answer, Ask, Route } from '../route.ts';
import type { Recorded } from './index-folder.ts';
import { listModels } from './list-models.ts';
import { ELSEWHERE } from './media-links.ts';
import { pictureFor } from './picture.ts';
import { makeTeller } from './tell.ts';
import type { Teller } from './tell.ts';

/** The endpoints that recorded answers can serve, and their pictures. They look at no world. */
export function replayRoutes(recorded: Recorded): Route[] {
  const teller = makeTeller(recorded);
  const api = '/api/v1';
  return [
    route('GET', `${api}/models`, 'models', 'mixed', (ask) => listModels(recorded, teller, ask)),
    route('GET', `${api}/models/:id`, 'models/:id', 'public', (ask) => oneModel(teller, ask)),
    {
      ...route(
        'GET',
        `${api}/model-versions/by-hash/:hash`,
        'model-versions/by-hash/:hash',
        'public',
        (ask) => oneByHash(recorded, teller, ask),
      ),
      edge: { fresh: 3600, stale: 1800 },
    },
    route('POST', `${api}/model-versions/by-hash`, 'model-versions/by-hash', 'public', (ask) =>
      manyByHash(recorded, teller, ask),
    ),
    route('POST', `${api}/model-versions/by-hash/ids`, 'model-versions/by-hash/ids', 'public', (ask) =>
      idsByHash(recorded, ask),
    ),
    route('GET', `${api}/model-versions/:id`, 'model-versions/:id', 'mixed', (ask) =>
      oneVersion(teller, ask),
    ),
    route('GET', '/xG1nkqKTMzGDvpLrqFT7WA/:rest*', 'media', 'none', picture),
    route('GET', `${ELSEWHERE}/:rest*`, 'media', 'none', picture),
  ];
}

function route(
  method: Route['method'],
  pattern: string,
  endpoint: string,
  access: Route['access'],
  respond: Route['respond'],
): Route {
  return { method, pattern, endpoint, access, respond };
}

function picture(ask: Ask): Answer {
  const { type, bytes } = pictureFor(ask.url.pathname);
  return {
    status: 200,
    headers: { 'content-type': type, 'cache-control': 'public, max-age=31536000' },
    bytes,
  };
}

/** The id of a path; a 400 when it is none. */
function idOf(ask: Ask): number | Answer {
  const id = /^\d{1,10}$/.test(ask.params['id'] ?? '') ? Number(ask.params['id']) : 0;
  return id >= 1 && id <= 2_147_483_647
    ? id
    : failure(400, '✖ Invalid input: expected a positive number\n  → at id');
}

async function oneModel(teller: Teller, ask: Ask): Promise<Answer> {
  const id = idOf(ask);
  if (typeof id !== 'number') return id;
  const model = await teller.model(id, ask.origin);
  return model === undefined ? failure(404, `No model with id ${id}`) : json(200, model);
}

async function oneVersion(teller: Teller, ask: Ask): Promise<Answer> {
  const id = idOf(ask);
  if (typeof id !== 'number') return id;
  const version = await teller.version(id, ask.origin);
  return version === undefined ? failure(404, 'Model not found') : json(200, version);
}

/** One of them: the oldest, then the lowest id. */
async function oneByHash(recorded: Recorded, teller: Teller, ask: Ask): Promise<Answer> {
  const hash = (ask.params['hash'] ?? '').toUpperCase();
  const ids = [...(recorded.sha256.get(hash) ?? []), ...(recorded.otherHashes.get(hash) ?? [])];
  const age = (id: number): number => recorded.versions.get(id)?.publishedAt ?? Infinity;
  const [id] = ids.toSorted((a, b) => (age(a) === age(b) ? a - b : age(a) - age(b)));
  const version = id === undefined ? undefined : await teller.version(id, ask.origin);
  return version === undefined ? failure(404, 'Model not found') : json(200, version);
}

/** Every version of every hash, in the order of ids and not of the question. */
async function manyByHash(recorded: Recorded, teller: Teller, ask: Ask): Promise<Answer> {
  const hashes = batchOf(ask.body, 100);
  if (!Array.isArray(hashes)) return hashes;
  const versions = [];
  for (const { versionId } of matches(recorded, hashes)) {
    versions.push(await teller.version(versionId, ask.origin));
  }
  return json(
    200,
    versions.filter((version) => version !== undefined),
  );
}

function idsByHash(recorded: Recorded, ask: Ask): Answer {
  const hashes = batchOf(ask.body, 10_000);
  if (!Array.isArray(hashes)) return hashes;
  const found = matches(recorded, hashes).map(({ versionId, hash }) => ({
    modelVersionId: versionId,
    modelId: recorded.versions.get(versionId)?.modelId,
    hash,
  }));
  return json(
    200,
    found.filter((one) => one.modelId !== undefined),
  );
}

function matches(recorded: Recorded, hashes: readonly string[]): { versionId: number; hash: string }[] {
  const wanted = [...new Set(hashes.map((hash) => hash.toUpperCase()))];
  return wanted
    .flatMap((hash) => (recorded.sha256.get(hash) ?? []).map((versionId) => ({ versionId, hash })))
    .sort((a, b) => a.versionId - b.versionId);
}

function batchOf(body: unknown, most: number): string[] | Answer {
  const ask = `Request must include an array of SHA256 Hashes. Maximum of ${most} hashes per request.`;
  if (!Array.isArray(body) || body.length > most) return failure(400, ask);
  const hashes = body.filter((hash): hash is string => typeof hash === 'string' && hash.length === 64);
  return hashes.length === body.length ? hashes : failure(400, ask);
}
