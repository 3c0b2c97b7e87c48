import type { Insertable, Kysely } from 'kysely';

import { canonicalJson } from '../base/json.ts';
import { realOrNull, textOrNull } from './facts-clean.ts';
import type { GenerationFacts } from './facts.ts';
import type { GenParamTable, Tables } from './schema.ts';
import { upsert } from './upsert.ts';

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
