import { failure, json } from '../route.ts';
import type { Answer, Ask, Route } from '../route.ts';
import { hash32 } from '../world/random.ts';
import type { WorldFile } from '../world/types.ts';
import { publicFiles } from './file-shape.ts';
import { versionShape } from './version-shape.ts';

const MAX_DETAILED = 100;
const MAX_IDS = 10_000;

/** The three ways to ask by hash. */
export function byHashRoutes(): Route[] {
  return [
    {
      method: 'GET',
      pattern: '/api/v1/model-versions/by-hash/:hash',
      endpoint: 'model-versions/by-hash',
      access: 'public',
      edge: { fresh: 3_600, stale: 1_800 },
      respond: byHash,
    },
    {
      method: 'POST',
      pattern: '/api/v1/model-versions/by-hash/ids',
      endpoint: 'model-versions/by-hash/ids',
      access: 'public',
      respond: (ask) => batch(ask, MAX_IDS, idsOf),
    },
    {
      method: 'POST',
      pattern: '/api/v1/model-versions/by-hash',
      endpoint: 'model-versions/by-hash/batch',
      access: 'public',
      respond: (ask) => batch(ask, MAX_DETAILED, detailsOf),
    },
  ];
}

/** Files whose model and version are published. No level, real-person or visibility filter here. */
function published(ask: Ask, files: readonly WorldFile[]): WorldFile[] {
  return files.filter((file) => {
    const version = ask.world.version(file.versionId);
    return version?.status === 'Published' && ask.world.modelOf(file.versionId)?.status === 'Published';
  });
}

function byHash(ask: Ask): Answer {
  const found = published(ask, ask.world.filesByHash(ask.params['hash'] ?? ''));
  const [oldest] = found
    .map((file) => file.versionId)
    .sort((a, b) => publishedAt(ask, a) - publishedAt(ask, b) || a - b);
  const version = oldest === undefined ? undefined : ask.world.version(oldest);
  const model = oldest === undefined ? undefined : ask.world.modelOf(oldest);
  if (version === undefined || model === undefined) return failure(404, 'Model not found');
  return json(
    200,
    versionShape(ask, model, version, { vae: false, bareDates: false, linkOrigin: ask.origin }),
  );
}

function publishedAt(ask: Ask, versionId: number): number {
  return ask.world.version(versionId)?.publishedAt ?? 0;
}

function batch(ask: Ask, limit: number, tell: (ask: Ask, files: readonly WorldFile[]) => unknown[]): Answer {
  const hashes: unknown = ask.body;
  const fits =
    Array.isArray(hashes) &&
    hashes.length <= limit &&
    hashes.every((hash) => typeof hash === 'string' && hash.length === 64);
  if (!fits) {
    return failure(
      400,
      `Request must include an array of SHA256 Hashes. Maximum array length is ${limit.toLocaleString('en-US')}.`,
    );
  }
  const wanted = new Set((hashes as string[]).map((hash) => hash.toUpperCase()));
  const files = published(
    ask,
    [...wanted].flatMap((hash) => ask.world.filesBySha256(hash)),
  );
  return json(200, tell(ask, inDatabaseOrder(files)));
}

/** Some order that is not the caller's. */
function inDatabaseOrder(files: readonly WorldFile[]): WorldFile[] {
  return [...files].sort((a, b) => hash32(a.id) - hash32(b.id));
}

function idsOf(ask: Ask, files: readonly WorldFile[]): unknown[] {
  return files.map((file) => ({
    modelVersionId: file.versionId,
    modelId: file.modelId,
    hash: ask.world.sha256Of(file),
  }));
}

/** One entry for each matching file; `null` for versions without a file to offer; links on a host that is none. */
function detailsOf(ask: Ask, files: readonly WorldFile[]): unknown[] {
  return files.map((file) => {
    const version = ask.world.version(file.versionId);
    const model = ask.world.modelOf(file.versionId);
    if (version === undefined || model === undefined || publicFiles(version, true).length === 0) return null;
    return versionShape(ask, model, version, {
      vae: false,
      bareDates: false,
      linkOrigin: 'https://undefined',
    });
  });
}
