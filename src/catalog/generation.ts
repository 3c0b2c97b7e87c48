import type { Insertable, Kysely } from 'kysely';

import { canonicalJson, isRecord, parseJson } from '../base/json.ts';
import { realOrNull, textOrNull } from './facts-clean.ts';
import type { GenerationFacts } from './facts.ts';
import type { GenParamTable } from './schema-images.ts';
import type { Tables } from './schema.ts';
import { readByKeys, upsert } from './upsert.ts';

/** Where generation settings come from; each source is kept for itself. */
export type GenerationSource = GenParamTable['source'];

/** Keeps how images were made, as one source tells it. The last one given for an image wins. */
export async function saveGenerations(
  trx: Kysely<Tables>,
  source: GenerationSource,
  generations: Iterable<readonly [imageId: number, facts: GenerationFacts]>,
): Promise<void> {
  const rows = new Map<number, Insertable<GenParamTable>>();
  for (const [imageId, facts] of generations) rows.set(imageId, rowOf(imageId, source, facts));
  await upsert(trx, 'gen_param', [...rows.values()], {
    key: ['image_id', 'source'],
    unlessSame: ['settings', 'prompt', 'negative', 'seed', 'steps', 'cfg', 'sampler', 'model'],
  });
}

function rowOf(imageId: number, source: GenerationSource, facts: GenerationFacts): Insertable<GenParamTable> {
  return {
    image_id: imageId,
    source,
    prompt: textOrNull(facts.prompt),
    negative: textOrNull(facts.negative),
    seed: textOrNull(facts.seed),
    steps: realOrNull(facts.steps),
    cfg: realOrNull(facts.cfg),
    sampler: textOrNull(facts.sampler),
    model: textOrNull(facts.model),
    settings: settingsText(facts.settings),
  };
}

/** The settings as JSON with their keys in the order they came in, which is the order people know. */
function settingsText(settings: Readonly<Record<string, unknown>>): string {
  // JSON.stringify writes NUL and lone surrogates as escapes, which any text column holds.
  return JSON.stringify(settings) ?? canonicalJson({});
}

/** How an image was made, by the best source there is. */
export interface KnownGeneration {
  readonly prompt: string | null;
  readonly negative: string | null;
  readonly seed: string | null;
  readonly steps: number | null;
  readonly cfg: number | null;
  readonly sampler: string | null;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** How images were made, as the site tells it, else as their files do; by the catalog's id of the image. */
export async function generationsOf(
  db: Kysely<Tables>,
  imageIds: Iterable<number>,
): Promise<Map<number, KnownGeneration>> {
  const rows = await readByKeys(imageIds, (some) =>
    db
      .selectFrom('gen_param')
      .selectAll()
      .where('image_id', 'in', some)
      .where('source', 'in', ['api', 'file'])
      .execute(),
  );
  const best = new Map<number, KnownGeneration>();
  for (const source of ['file', 'api']) {
    for (const row of rows) {
      if (row.source !== source) continue;
      const settings = parseJson(row.settings);
      best.set(row.image_id, { ...row, settings: isRecord(settings) ? settings : {} });
    }
  }
  return best;
}
