import type { ModelId, VersionId } from '../../base/ids.ts';
import { parseJson } from '../../base/json.ts';
import { chunks } from '../../base/pool.ts';
import { firstAnswers, latestPayloads } from '../../catalog/payload.ts';
import { stableDigest } from '../../civitai/digest.ts';
import type { Item, Model } from '../../civitai/shapes/types.ts';
import type { ResolveOptions } from '../download/resolver.ts';

/** What the catalog has of models that lists showed. */
export interface RecalledModels {
  readonly models: ReadonlyMap<ModelId, Item<Model>>;
  /** Versions of which nothing has to be asked: their model is as it was, and they were answered about. */
  settled(shown: readonly Item<Model>[], recalled: readonly Item<Model>[]): Promise<VersionId[]>;
}

/** Answers are some 50 kB each. */
const AT_ONCE = 200;

/** Reads what lists said of models the last time. */
export async function recallModels(
  ids: Iterable<number>,
  { catalog, log, walksWhole }: ResolveOptions,
): Promise<RecalledModels> {
  const { readModel } = await import('../../civitai/shapes/model.ts');
  const warn = (what: string): void => log.warn('A part of a kept answer was left out.', { what });
  const models = new Map<ModelId, Item<Model>>();
  const digests = new Map<ModelId, string>();
  for (const some of chunks([...ids].map(String), AT_ONCE)) {
    // What lists said comes first: it is what they are compared with. Some models are in no list.
    const listed = await latestPayloads(catalog.db, 'model', some, 'models?ids');
    const others = some.filter((id) => !listed.has(id));
    const alone = await latestPayloads(catalog.db, 'model', others);
    for (const { raw } of [...listed.values(), ...alone.values()]) {
      const value = readModel(parseJson(raw), warn);
      if (value === undefined) continue;
      models.set(value.id, { value, raw });
      digests.set(value.id, stableDigest(raw));
    }
  }
  return {
    models,
    async settled(shown, recalled) {
      if (walksWhole) return [];
      const same = shown.filter(({ value, raw }) => digests.get(value.id) === stableDigest(raw));
      const versions = [...same, ...recalled].flatMap(({ value }) => value.versions);
      const answered = await firstAnswers(
        catalog.db,
        'version',
        versions.map(({ id }) => String(id)),
      );
      return versions.map(({ id }) => id).filter((id) => answered.has(String(id)));
    },
  };
}
