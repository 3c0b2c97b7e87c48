import { fileOf, makeBytes } from './bytes.ts';
import { makeCreators } from './creators.ts';
import { makeFeed } from './feed.ts';
import { imageStatsAt, modelStatsAt } from './growth.ts';
import { makeImage } from './images.ts';
import { levelOf, previewId, previewOf } from './levels.ts';
import { makeModels } from './models.ts';
import { makeStore } from './store.ts';
import type { Store } from './store.ts';
import type { World, WorldImage, WorldTag } from './types.ts';
import { idOfUuid } from './uuid.ts';
import { TAGS } from './words.ts';

export interface WorldOptions {
  /** Default 1. */
  readonly seed?: number;
  /** How many models; default 400. */
  readonly models?: number;
  /** How many images the feed holds at the start; default 20,000. */
  readonly images?: number;
  /** How many creators besides the system user and a deleted one; default one for a dozen models. */
  readonly creators?: number;
  /** Epoch ms; default 2026-10-01, so that a world is the same every day. */
  readonly startedAt?: number;
  /** Default true: see oddities.ts. */
  readonly oddities?: boolean;
}

const POST_OF_PREVIEWS = 10_000_000;
const STARTED_AT = Date.UTC(2026, 9, 1, 12);

/** Makes a world. Equal options give equal worlds, byte for byte. */
export function makeWorld(options: WorldOptions = {}): World {
  const seed = options.seed ?? 1;
  const startedAt = options.startedAt ?? STARTED_AT;
  const count = options.models ?? 400;
  const creators = makeCreators(seed, count, options.creators);
  const made = makeModels({ seed, models: count, startedAt, creators, oddities: options.oddities ?? true });
  const onChange = { call: (): void => undefined };
  const store = makeStore({ seed, startedAt, ...made, changed: () => onChange.call() });
  const bytes = makeBytes(seed, store);
  onChange.call = bytes.forgetIndexes;
  const tags = TAGS.map((name, at): WorldTag => ({ id: at + 1, name }));
  const feed = makeFeed({
    seed,
    startedAt,
    images: options.images ?? 20_000,
    creatorIds: creators.filter((creator) => !creator.system).map((creator) => creator.id),
    versionIds: store.versionIds(),
    tags: tags.length,
    modelNamed: (versionId) => modelNamed(store, bytes.sha256Of, versionId),
  });
  const preview = previews(seed, store, (versionId) => modelNamed(store, bytes.sha256Of, versionId));
  const image = (id: number): WorldImage | undefined => {
    const index = feed.indexOf(id);
    return index === -1 ? preview.byId(id) : feed.at(index);
  };
  const creatorsById = new Map(creators.map((creator) => [creator.id, creator]));
  const creatorsByName = new Map(creators.map((creator) => [creator.username?.toLowerCase(), creator]));
  const born = (id: number): number =>
    store.firstVersion(id)?.createdAt ?? store.firstModel(id)?.createdAt ?? startedAt;
  return {
    seed,
    startedAt,
    ...bytes,
    model: store.model,
    version: store.version,
    modelOf: (versionId) => store.model(store.version(versionId)?.modelId ?? -1),
    file: (id) => fileOf(store, id),
    image,
    imageByUuid(uuid) {
      const id = idOfUuid(seed, uuid);
      return id === undefined ? undefined : image(id);
    },
    modelIds: store.modelIds,
    versionIds: store.versionIds,
    creator: (id) => creatorsById.get(id),
    creatorByName: (username) => creatorsByName.get(username.toLowerCase()),
    creators: () => creators,
    modelsOf: (creatorId) =>
      store.modelIds().flatMap((id) => {
        const model = store.model(id);
        return model?.creatorId === creatorId ? [model] : [];
      }),
    tags: () => tags,
    tag: (id) => tags[id - 1],
    imagesOf: preview.ofVersion,
    statsOf: (one, now) => imageStatsAt(seed, one.id, one.createdAt, now),
    modelStats: (id, now) => modelStatsAt(seed, id, born(id), now),
    versionStats: (id, now) => modelStatsAt(seed, id, born(id), now),
    feed,
    changes: store.changes,
  };
}

type Named = { name: string; autoV2: string };

function modelNamed(store: Store, sha256Of: World['sha256Of'], versionId: number): Named | undefined {
  const version = store.firstVersion(versionId);
  const file = version?.files[0];
  if (version === undefined || file === undefined) return undefined;
  return { name: file.name.replace(/\.\w+$/, ''), autoV2: sha256Of(file).slice(0, 10) };
}

/** The pictures shown with versions, found by version or by id. */
function previews(
  seed: number,
  store: Store,
  named: (versionId: number) => Named | undefined,
): { byId(id: number): WorldImage | undefined; ofVersion(versionId: number): WorldImage[] } {
  const one = (ordinal: number, k: number): WorldImage | undefined => {
    const from = store.seedAt(ordinal);
    const version = from === undefined ? undefined : store.firstVersion(from.versionId);
    if (from === undefined || version === undefined || k >= from.previews) return undefined;
    const id = previewId(ordinal, k);
    return makeImage({
      seed,
      id,
      nsfwLevel: levelOf(seed, id, from.maturity),
      postId: POST_OF_PREVIEWS + ordinal,
      creatorId: store.firstModel(version.modelId)?.creatorId ?? -1,
      createdAt: version.createdAt + 600_000 + k * 1_000,
      versionIds: [version.id],
      model: named(version.id),
      video: from.videos && k % 2 === 0,
      minor: false,
      poi: false,
      hostile: version.name.includes('<script>'),
      tags: TAGS.length,
    });
  };
  return {
    byId(id) {
      const place = previewOf(id);
      return place === undefined ? undefined : one(place.versionOrdinal, place.k);
    },
    ofVersion(versionId) {
      const found = store.seedOf(versionId);
      if (found === undefined) return [];
      const numbers = Array.from({ length: found.seed.previews }, (_, k) => one(found.ordinal, k));
      return numbers.filter((image) => image !== undefined);
    },
  };
}
