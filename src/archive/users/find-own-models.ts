import type { Catalog } from '../../catalog/open.ts';
import { readByKeys } from '../../catalog/upsert.ts';
import type { Image, Item, Model } from '../../civitai/shapes/types.ts';
import { comparableName } from '../posts/coverage.ts';
import { modelsOfPosts } from './own-posts.ts';
import type { OwnModels, Work } from './own-posts.ts';

/** A creator's own models, as far as they are known. */
export interface FoundModels extends OwnModels {
  /** By the model's id. */
  readonly names: ReadonlyMap<number, string>;
}

/** Which models a creator has of those that some works name: as the site just said, else as the catalog knows. */
export async function findOwnModels(
  creator: string,
  works: readonly Work[],
  { models, catalog }: { readonly models: readonly Model[]; readonly catalog: Pick<Catalog, 'db'> },
): Promise<FoundModels> {
  const key = comparableName(creator);
  const versions = new Map<number, number>();
  const shown = new Map<number, number>();
  const names = new Map<number, string>();
  const named = new Set(works.flatMap(({ versionIds }) => versionIds));
  for (const row of await versionsInCatalog(named, catalog)) {
    if (row.username === null || comparableName(row.username) !== key) continue;
    versions.set(row.id, row.modelId);
    names.set(row.modelId, row.name);
  }
  for (const model of models) {
    if (model.creator === undefined || comparableName(model.creator.username) !== key) continue;
    names.set(model.id, model.name);
    for (const version of model.versions) {
      versions.set(version.id, model.id);
      for (const { id } of version.images ?? []) if (id !== undefined) shown.set(id, model.id);
    }
  }
  return { versions, shown, names };
}

/** Those of a creator's images whose posts belong to one of their models. */
export async function imagesOfModels(
  images: readonly Image[],
  creator: string,
  models: readonly Item<Model>[],
  { catalog }: { readonly catalog: Pick<Catalog, 'db'> },
): Promise<Image[]> {
  const works = images.map(({ id, postId, versionIds }) => ({ imageId: id ?? 0, postId, versionIds }));
  const told = models.map(({ value }) => value);
  const ofPosts = modelsOfPosts(works, await findOwnModels(creator, works, { models: told, catalog }));
  return images.filter(({ postId }) => postId !== undefined && ofPosts.has(postId));
}

async function versionsInCatalog(ids: Iterable<number>, catalog: Pick<Catalog, 'db'>) {
  return await readByKeys(ids, (some) =>
    catalog.db
      .selectFrom('version')
      .innerJoin('model', 'model.id', 'version.model_id')
      .leftJoin('creator', 'creator.username_key', 'model.creator_key')
      .select(['version.id', 'version.model_id as modelId', 'model.name', 'creator.username'])
      .where('version.id', 'in', some)
      .execute(),
  );
}
