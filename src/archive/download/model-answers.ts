import { SourceError } from '../../base/errors.ts';
import { parseSha256, type ModelId, type Sha256, type VersionId } from '../../base/ids.ts';
import type { Clock } from '../../base/clock.ts';
import { chunks } from '../../base/pool.ts';
import type { Catalog } from '../../catalog/open.ts';
import { recordLooks } from '../../catalog/state.ts';
import type { CivitaiClient } from '../../civitai/client.ts';
import type { Item, Model, Version } from '../../civitai/shapes/types.ts';
import { isHostGone } from '../../net/failure.ts';
import { keepModels, keepVersions, nothingLearned } from '../keep-answers.ts';
import { ASKED_ALONE } from '../unlisted-models.ts';

/** What the site says of models and versions, each asked for once in a run. */
export interface ModelAnswers {
  /** Asks for many models with few questions, in the words of a scan: one model alone is told a little otherwise. */
  expect(ids: readonly ModelId[]): Promise<void>;
  /** Takes over what a listing showed: that is not asked for again. */
  take(items: readonly Item<Model>[]): void;
  /** Takes over what the catalog has of models: that is neither asked for nor kept again. */
  recall(items: readonly Item<Model>[]): void;
  /** Of these versions nothing is asked again: the catalog has their answers, and they are as they were. */
  settle(ids: Iterable<VersionId>): void;
  model(id: ModelId): Promise<Model | undefined>;
  /** Those of some models that are here already, each once. */
  told(ids: readonly ModelId[]): Item<Model>[];
  version(id: VersionId): Promise<Version | undefined>;
  versionByHash(hash: string): Promise<Version | undefined>;
  /**
   * Keeps all that the catalog needs of these versions and their models, as a scan would; asks for what is missing. Gives
   * a sentence when the site refuses to say it: the files can come all the same, and a scan asks again.
   */
  keep(versions: readonly Version[]): Promise<string | undefined>;
}

export interface AnswersOptions {
  readonly client: CivitaiClient;
  readonly clock: Clock;
  /** `undefined`: nothing is kept. */
  readonly keepIn: Catalog | undefined;
}

/** Most hashes a `by-hash` question takes, and most ids a `models?ids=` one (civitai-api 3.3, 3.4). */
const AT_ONCE = 100;

/** Makes them; nothing is asked yet. */
export function modelAnswers({ client, clock, keepIn }: AnswersOptions): ModelAnswers {
  const models = new Map<ModelId, Item<Model>>();
  const versions = new Map<VersionId, Item<Version>>();
  /** Models that the site said no to, and those that came in a list. */
  const absent = new Set<ModelId>();
  const listed = new Set<ModelId>();
  const recalled = new Set<ModelId>();
  const settled = new Set<VersionId>();

  const askVersion = async (id: VersionId): Promise<Item<Version> | undefined> => {
    const item = versions.get(id) ?? (await client.version(id));
    if (item !== undefined) versions.set(id, item);
    return item;
  };
  const askVersions = async (wanted: readonly Version[]): Promise<void> => {
    const left = wanted.filter(({ id }) => !versions.has(id));
    const hashes = left.flatMap((version) => hashOf(version) ?? []);
    const ids = new Set(left.map(({ id }) => id));
    for (const some of chunks(hashes, AT_ONCE)) {
      // Other versions may have the same bytes; they were not asked for.
      for (const item of await client.versionsByHashes(some))
        if (ids.has(item.value.id)) versions.set(item.value.id, item);
    }
    for (const id of ids) await askVersion(id);
  };

  const expected = new Set<ModelId>();
  const expect = async (ids: readonly ModelId[]): Promise<void> => {
    const left = new Set(ids.filter((id) => !expected.has(id)));
    for (const id of left) expected.add(id);
    for (const scope of ['wide', 'default'] as const) {
      for (const some of chunks([...left], AT_ONCE)) {
        for (const item of await client.modelsByIds(some, scope)) {
          models.set(item.value.id, item);
          listed.add(item.value.id);
          left.delete(item.value.id);
        }
      }
    }
  };

  return {
    expect,
    take(items) {
      for (const item of items) {
        models.set(item.value.id, item);
        listed.add(item.value.id);
        expected.add(item.value.id);
      }
    },
    recall(items) {
      for (const item of items) {
        models.set(item.value.id, item);
        recalled.add(item.value.id);
        expected.add(item.value.id);
      }
    },
    settle(ids) {
      for (const id of ids) settled.add(id);
    },
    async model(id) {
      if (!expected.has(id)) await expect([id]);
      const known = models.get(id);
      if (known !== undefined || absent.has(id)) return known?.value;
      const item = await client.model(id);
      if (item === undefined) absent.add(id);
      else models.set(id, item);
      return item?.value;
    },
    told: (ids) => [...new Set(ids)].flatMap((id) => models.get(id) ?? []),
    version: async (id) => (await askVersion(id))?.value,
    async versionByHash(hash) {
      const item = await client.versionByHash(hash);
      if (item !== undefined) versions.set(item.value.id, item);
      return item?.value;
    },
    async keep(wanted) {
      if (keepIn === undefined) return undefined;
      const refused = await refusalIn(() => askVersions(wanted.filter(({ id }) => !settled.has(id))));
      const options = { catalog: keepIn, now: () => clock.now() };
      const learned = nothingLearned();
      const items = wanted.flatMap(({ id }) => versions.get(id) ?? []);
      await keepVersions(items, new Map(), 'by-hash', learned, options);
      const own = [...models.values()].filter(({ value }) => !recalled.has(value.id));
      const inList = own.filter(({ value }) => listed.has(value.id));
      await keepModels(inList, new Map(), 'models?ids', learned, options);
      const alone = own.filter(({ value }) => !listed.has(value.id));
      await keepModels(alone, new Map(), ASKED_ALONE, learned, options);
      const looks = [...absent].map((id) => ({ subject: String(id), answer: 'absent' as const }));
      await recordLooks(keepIn, 'model', looks, clock.now());
      return refused && `Not all that the site has of these versions could be asked for: ${refused.message}`;
    },
  };
}

/** What the site says no to; throws what ends a run. */
async function refusalIn(ask: () => Promise<void>): Promise<SourceError | undefined> {
  try {
    await ask();
    return undefined;
  } catch (error) {
    const isGone: boolean = isHostGone(error);
    if (isGone || !(error instanceof SourceError)) throw error;
    return error;
  }
}

/** One hash is enough to ask for a version. */
function hashOf(version: Version): Sha256 | undefined {
  for (const file of version.files ?? []) {
    const hash = parseSha256(file.hashes['SHA256']);
    if (hash !== undefined) return hash;
  }
  return undefined;
}
