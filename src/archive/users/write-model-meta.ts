import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../../base/errors.ts';
import { isRecord, parseJson } from '../../base/json.ts';
import { imagesOfModelsKept } from '../../catalog/kept-gallery.ts';
import type { KeptImage } from '../../catalog/kept-gallery.ts';
import type { Catalog } from '../../catalog/open.ts';
import { groupBy } from '../../catalog/upsert.ts';
import type { Item, Model } from '../../civitai/shapes/types.ts';
import { pythonLiteral } from '../../formats/python-literal.ts';
import { boundsOf } from '../../library/inside.ts';
import { modelMetaNames } from '../../profiles/users.ts';
import { writeOutputs } from '../write-outputs.ts';
import type { Output, Written } from '../write-outputs.ts';
import type { ModelPlace } from './arrange-wants.ts';
import { isSameButStats, modelMeta } from './model-meta.ts';

export interface MetaOptions {
  readonly catalog: Catalog;
  readonly hostId: string;
  readonly apiOrigin: string;
  /** In the folder of the creator, or in that of the model. */
  readonly place: 'creator' | 'model';
  readonly now: () => number;
}

/** No page of the site shows more at once, and no record needs more. */
const MOST_SHOWN = 200;
const PYTHON_WIDTH = 180;
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Writes what is said of every version of some models, as JSON and as text. What differs from what lies there in counters
 * alone is left as it is.
 */
export async function writeModelMeta(
  models: readonly Item<Model>[],
  places: ReadonlyMap<number, ModelPlace>,
  options: MetaOptions,
): Promise<Pick<Written, 'written' | 'failures' | 'left'>> {
  const { catalog, hostId, now } = options;
  const ids = models.map(({ value }) => value.id);
  const galleries = groupBy(await imagesOfModelsKept(catalog.db, hostId, ids), ({ modelId }) => modelId);
  const byOutput = groupBy(models, ({ value }) => places.get(value.id)?.output ?? '');
  const total = { written: 0, failures: [] as Written['failures'][number][], left: [] as string[] };
  for (const [output, own] of byOutput) {
    if (output === '') continue;
    const files = outputsOf(own, places, galleries, options);
    const { written, failures, left } = await writeOutputs(catalog, files, { now, bounds: boundsOf(output) });
    total.written += written;
    total.failures.push(...failures);
    total.left.push(...left);
  }
  return total;
}

function* outputsOf(
  models: readonly Item<Model>[],
  places: ReadonlyMap<number, ModelPlace>,
  galleries: ReadonlyMap<number, readonly KeptImage[]>,
  { apiOrigin, place }: MetaOptions,
): Generator<Output> {
  for (const { value: model, raw: text } of models) {
    const where = places.get(model.id);
    const raw = parseJson(text);
    if (where === undefined || !isRecord(raw)) continue;
    const folder = place === 'model' ? where.folder : where.creatorFolder;
    const images = galleries.get(model.id) ?? [];
    for (const version of model.versions) {
      const gallery = images.filter(({ versionIds }) => versionIds.includes(version.id)).slice(0, MOST_SHOWN);
      const names = modelMetaNames(version.id);
      const fresh = modelMeta({ model, version, raw, gallery, apiOrigin });
      const stands = readStanding(join(folder, names.json));
      const meta = isSameButStats(stands, fresh) ? stands : fresh;
      const output = { kind: 'sidecar', rootId: undefined, fileId: undefined } as const;
      yield { ...output, path: join(folder, names.json), bytes: `${JSON.stringify(meta, undefined, 4)}\n` };
      yield { ...output, path: join(folder, names.text), bytes: `${pythonLiteral(meta, PYTHON_WIDTH)}\n` };
    }
  }
}

function readStanding(path: string): unknown {
  try {
    if (statSync(path).size > MOST_BYTES) return undefined;
    return parseJson(readFileSync(path, 'utf8'));
  } catch (error) {
    if (isSystemError(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
