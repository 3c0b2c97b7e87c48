import type { Kysely } from 'kysely';

import { generationsOf } from './generation.ts';
import { versionIdsOf } from './image.ts';
import type { Tables } from './schema.ts';
import { readByKeys } from './upsert.ts';

/** An image that was asked for as one of a model's, with how it was made. */
export interface KeptImage {
  readonly imageId: number;
  readonly modelId: number;
  readonly postId: number | null;
  readonly url: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly versionIds: readonly number[];
  readonly prompt: string | null;
  readonly negative: string | null;
  readonly seed: string | null;
  readonly sampler: string | null;
  readonly steps: number | null;
}

/** The images of some models that were ever asked for on this host, by their numbers; each once. */
export async function imagesOfModelsKept(
  db: Kysely<Tables>,
  hostId: string,
  modelIds: Iterable<number>,
): Promise<KeptImage[]> {
  const asked = await readByKeys(modelIds, (some) =>
    db
      .selectFrom('transfer')
      .select(['subject', 'model_id', 'version_id'])
      .where('kind', '=', 'image')
      .where('host_id', '=', hostId)
      .where('model_id', 'in', some)
      .execute(),
  );
  const models = new Map(asked.map((row) => [Number(row.subject), row]));
  const images = await readByKeys(models.keys(), (some) =>
    db.selectFrom('image').selectAll().where('id', 'in', some).execute(),
  );
  const generations = await generationsOf(db, models.keys());
  const kept = images.map((row): KeptImage => {
    const { id, post_id: postId, url, width, height } = row;
    const {
      prompt = null,
      negative = null,
      seed = null,
      sampler = null,
      steps = null,
    } = generations.get(id) ?? {};
    const model = models.get(id);
    const versionIds = versionIdsOf(row);
    const own = model?.version_id ?? undefined;
    return {
      imageId: id,
      modelId: model?.model_id ?? 0,
      postId,
      url,
      width,
      height,
      prompt,
      negative,
      seed,
      sampler,
      steps,
      versionIds: own === undefined || versionIds.includes(own) ? versionIds : [own, ...versionIds],
    };
  });
  return kept.toSorted((a, b) => a.imageId - b.imageId);
}
