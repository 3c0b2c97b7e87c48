import type { ModelId, Sha256 } from '../base/ids.ts';
import { chunks } from '../base/pool.ts';
import type { Phase } from '../base/progress.ts';
import type { Catalog } from '../catalog/open.ts';
import { recordLooks } from '../catalog/state.ts';
import type { CivitaiClient } from '../civitai/client.ts';
import { keepModels, keepVersions } from './keep-answers.ts';
import type { Blobs, Learned } from './keep-answers.ts';
import { ALONE_AFTER_MS, ASKED_ALONE, dueAlone } from './unlisted-models.ts';

/** Most hashes a `by-hash` question takes, and most ids a `models?ids=` one (civitai-api 3.3, 3.4). */
const AT_ONCE = 100;

export interface FetchOptions {
  readonly catalog: Catalog;
  readonly client: CivitaiClient;
  readonly now: () => number;
  readonly phase: Phase;
  /** A model that no list shows is asked for alone when it last answered so this long ago, ms; 0 asks for all. */
  readonly aloneAfterMs?: number;
}

/** Full answers for the versions of some hashes, a hundred a question. */
export async function fetchVersionsOf(
  hashes: readonly Sha256[],
  blobs: Blobs,
  learned: Learned,
  options: FetchOptions,
): Promise<void> {
  for (const batch of chunks(hashes, AT_ONCE)) {
    const items = await options.client.versionsByHashes(batch);
    await keepVersions(items, blobs, 'by-hash', learned, options);
    options.phase.advance(batch.length);
  }
}

/**
 * Models by their ids: a hundred a question with everything shown, then what was not listed once more without, then those
 * left that are due one by one. Only a single question that is answered "no" counts as absent: a list that drops a model
 * says nothing.
 */
export async function fetchModelsById(
  ids: readonly ModelId[],
  blobs: Blobs,
  learned: Learned,
  options: FetchOptions,
): Promise<void> {
  const left = new Set(ids);
  for (const scope of ['wide', 'default'] as const) {
    for (const batch of chunks([...left], AT_ONCE)) {
      const items = await options.client.modelsByIds(batch, scope);
      await keepModels(items, blobs, 'models?ids', learned, options);
      for (const item of items) left.delete(item.value.id);
      options.phase.advance(items.length);
    }
  }
  const { aloneAfterMs = ALONE_AFTER_MS } = options;
  for (const id of await dueAlone(options.catalog, [...left], options.now(), aloneAfterMs)) {
    const item = await options.client.model(id);
    if (item === undefined)
      await recordLooks(options.catalog, 'model', [{ subject: String(id), answer: 'absent' }], options.now());
    else await keepModels([item], blobs, ASKED_ALONE, learned, options);
    options.phase.advance(1);
  }
}
