import type { Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';

import { versionIdsOf } from './image.ts';
import type { ImageTable } from './schema-images.ts';
import type { Tables } from './schema.ts';
import { readByKeys } from './upsert.ts';
import { readImageViews } from './view-images.ts';
import type { ImageView } from './views.ts';

/** An image that was fetched for its own sake, not as the preview of a model. */
export interface CollectedImage extends Pick<
  Selectable<ImageTable>,
  | 'id'
  | 'url'
  | 'media'
  | 'width'
  | 'height'
  | 'nsfw_level'
  | 'blurhash'
  | 'post_id'
  | 'username'
  | 'created_at'
  | 'version_ids'
> {
  /** Where it was placed, absolute. */
  readonly path: string;
  /** Of the bytes that were placed. */
  readonly sha256: string;
}

/** A collected image as it is shown. */
export interface CollectedImageView extends ImageView {
  readonly heldPath: string;
  readonly postId: number | undefined;
  readonly username: string | undefined;
  readonly createdAt: number | undefined;
}

/** A version that images name. */
export interface UsedVersion {
  readonly id: number;
  /** Model and version. */
  readonly label: string;
  /** The model's. */
  readonly type: string;
  readonly baseModel: string | undefined;
}

/** The folders of a host into which images were fetched, and when the last of them came. */
export async function collectedOutputs(db: Kysely<Tables>, hostId: string): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('transfer')
    .select(['output', sql<number>`max(updated_at)`.as('newest')])
    .where('host_id', '=', hostId)
    .where('kind', '=', 'image')
    .where('state', '=', 'done')
    .groupBy('output')
    .orderBy('output')
    .execute();
  return new Map(rows.map((row) => [row.output, Number(row.newest)]));
}

/** The images that were fetched into some folders, each once, by id: the oldest first. */
export async function collectedImages(
  db: Kysely<Tables>,
  hostId: string,
  outputs: Iterable<string>,
): Promise<CollectedImage[]> {
  const placed = await readByKeys(outputs, (some) =>
    db
      .selectFrom('transfer')
      .select(['subject', 'path', 'placed_sha256'])
      .where('host_id', '=', hostId)
      .where('kind', '=', 'image')
      .where('state', '=', 'done')
      .where('output', 'in', some)
      .orderBy('path')
      .execute(),
  );
  const byId = new Map<number, { readonly path: string; readonly sha256: string }>();
  for (const { subject, path, placed_sha256: sha256 } of placed) {
    const id = Number(subject);
    if (sha256 !== null && Number.isSafeInteger(id) && !byId.has(id)) byId.set(id, { path, sha256 });
  }
  const known = new Map((await readFacts(db, byId.keys())).map((row) => [row.id, row]));
  return [...byId]
    .map(([id, place]) => ({ ...(known.get(id) ?? unknownImage(id, place.path)), ...place }))
    .toSorted((a, b) => a.id - b.id);
}

function readFacts(db: Kysely<Tables>, ids: Iterable<number>) {
  return readByKeys(ids, (some) =>
    db
      .selectFrom('image')
      .select(['id', 'url', 'media', 'width', 'height', 'nsfw_level', 'blurhash'])
      .select(['post_id', 'username', 'created_at', 'version_ids'])
      .where('id', 'in', some)
      .execute(),
  );
}

/** An image of which only the file is known. */
function unknownImage(id: number, path: string): Omit<CollectedImage, 'path' | 'sha256'> {
  const media = /\.(?:mp4|webm|mov)$/i.test(path) ? 'video' : /\.(?:mp3|wav|ogg)$/i.test(path) ? 'audio' : 'image'; // prettier-ignore
  const silent = {
    width: null,
    height: null,
    blurhash: null,
    post_id: null,
    username: null,
    created_at: null,
    version_ids: null,
  };
  return { id, url: '', media, nsfw_level: 0, ...silent };
}

/** The same with how each was made. */
export async function viewCollected(
  db: Kysely<Tables>,
  images: readonly CollectedImage[],
): Promise<CollectedImageView[]> {
  const views = await readImageViews(db, images, () => undefined);
  const told = images.map((image, index) => {
    const named = new Set(views[index]?.resources.map(({ versionId }) => versionId));
    return versionIdsOf(image).filter((id) => !named.has(id));
  });
  const names = await usedVersions(db, told.flat());
  return images.flatMap((image, index) => {
    const view = views[index];
    if (view === undefined) return [];
    return {
      ...view,
      resources: [...view.resources, ...(told[index] ?? []).map((id) => toldResource(id, names.get(id)))],
      heldPath: image.path,
      postId: image.post_id ?? undefined,
      username: image.username ?? undefined,
      createdAt: image.created_at ?? undefined,
    };
  });
}

/** A version that the site names without saying how it was used. */
function toldResource(id: number, version: UsedVersion | undefined): ImageView['resources'][number] {
  const { label = `version ${id}`, type = '' } = version ?? {};
  return { name: label, type: type.toLowerCase(), weight: undefined, versionId: id };
}

/** What the catalog knows of versions that images name, by id. */
export async function usedVersions(
  db: Kysely<Tables>,
  ids: Iterable<number>,
): Promise<Map<number, UsedVersion>> {
  const rows = await readByKeys(ids, (some) =>
    db
      .selectFrom('version')
      .innerJoin('model', 'model.id', 'version.model_id')
      .select(['version.id', 'version.name', 'version.base_model', 'model.name as model', 'model.type'])
      .where('version.id', 'in', some)
      .execute(),
  );
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        label: `${row.model} ${row.name}`,
        type: row.type,
        baseModel: row.base_model ?? undefined,
      },
    ]),
  );
}
