import type { Kysely, Selectable } from 'kysely';

import { isRecord, parseJson } from '../base/json.ts';
import { SHOWN_KINDS } from './output.ts';
import type { GenParamTable, ImageTable } from './schema-images.ts';
import type { Tables } from './schema.ts';
import { groupBy, readByKeys } from './upsert.ts';
import { namedResources, resourceViews } from './view-resources.ts';
import type { KnownResources, NamedResource } from './view-resources.ts';
import { settingsView } from './view-settings.ts';
import type { ImageView } from './views.ts';

/** The user's words win over the file's, the file's over the site's. */
const BEST_SOURCE: readonly GenParamTable['source'][] = ['user', 'file', 'api'];

/** Reads a picture as it is shown to those who read the page of a library file. */
export interface VersionImages {
  /** The pictures of a version in order; copies are looked for beside `fileId` first. */
  of(versionId: number, fileId: number): ImageView[];
}

/** What of a picture's row is shown. */
export type ShownImage = Pick<
  Selectable<ImageTable>,
  'id' | 'url' | 'media' | 'width' | 'height' | 'nsfw_level' | 'blurhash'
>;

type ParamRow = Awaited<ReturnType<typeof readParams>>[number];

interface Copy {
  readonly file_id: number | null;
  readonly path: string;
}

interface Made {
  readonly row: ParamRow;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly resources: readonly NamedResource[];
}

/** Reads the pictures of some versions, all at once. */
export async function readVersionImages(
  db: Kysely<Tables>,
  versionIds: Iterable<number>,
): Promise<VersionImages> {
  const images = await readImages(db, versionIds);
  const imageIds = images.map((image) => image.id);
  const made = bestParams(await readParams(db, imageIds));
  const copies = groupBy(await readCopies(db, imageIds), (copy) => copy.image_id ?? 0);
  const known = await readKnownResources(db, [...made.values()].flatMap((item) => item.resources)); // prettier-ignore
  const byVersion = groupBy(images, (image) => image.version_id);
  return {
    of: (versionId, fileId) =>
      (byVersion.get(versionId) ?? []).map((image) =>
        imageView(image, made.get(image.id), held(copies.get(image.id), fileId), known),
      ),
  };
}

/** Pictures of any origin as they are shown, in their order; `heldPathOf` says where a copy lies. */
export async function readImageViews(
  db: Kysely<Tables>,
  images: readonly ShownImage[],
  heldPathOf: (imageId: number) => string | undefined,
): Promise<ImageView[]> {
  const made = bestParams(await readParams(db, images.map((image) => image.id))); // prettier-ignore
  const known = await readKnownResources(db, [...made.values()].flatMap((item) => item.resources)); // prettier-ignore
  return images.map((image) => imageView(image, made.get(image.id), heldPathOf(image.id), known));
}

function readImages(db: Kysely<Tables>, versionIds: Iterable<number>) {
  return readByKeys(versionIds, (some) =>
    db
      .selectFrom('image_use')
      .innerJoin('image', 'image.id', 'image_use.image_id')
      .select(['image_use.version_id', 'image.id', 'image.url', 'image.media', 'image.width', 'image.height'])
      .select(['image.nsfw_level', 'image.blurhash'])
      .where('image_use.version_id', 'in', some)
      .orderBy('image_use.position')
      .orderBy('image.id')
      .execute(),
  );
}

function readParams(db: Kysely<Tables>, imageIds: readonly number[]) {
  return readByKeys(imageIds, (some) =>
    db.selectFrom('gen_param').selectAll().where('image_id', 'in', some).execute(),
  );
}

function readCopies(db: Kysely<Tables>, imageIds: readonly number[]) {
  return readByKeys(imageIds, (some) =>
    db
      .selectFrom('output')
      .select(['image_id', 'file_id', 'path'])
      .where('image_id', 'in', some)
      .where('kind', 'in', SHOWN_KINDS)
      .where('done_sha256', 'is not', null)
      .orderBy('path')
      .execute(),
  );
}

function bestParams(rows: readonly ParamRow[]): Map<number, Made> {
  const made = new Map<number, Made>();
  for (const source of BEST_SOURCE) {
    for (const row of rows) {
      if (row.source !== source || made.has(row.image_id)) continue;
      const settings = settingsOf(row.settings);
      made.set(row.image_id, { row, settings, resources: namedResources(settings) });
    }
  }
  return made;
}

function settingsOf(text: string): Readonly<Record<string, unknown>> {
  const settings: unknown = parseJson(text);
  return isRecord(settings) ? settings : {};
}

function held(copies: readonly Copy[] | undefined, fileId: number): string | undefined {
  return (copies?.find((copy) => copy.file_id === fileId) ?? copies?.[0])?.path;
}

function imageView(
  image: ShownImage,
  made: Made | undefined,
  heldPath: string | undefined,
  known: KnownResources,
): ImageView {
  return {
    id: image.id,
    url: image.url,
    media: image.media,
    width: image.width ?? undefined,
    height: image.height ?? undefined,
    nsfwLevel: image.nsfw_level,
    blurhash: image.blurhash ?? undefined,
    heldPath,
    prompt: made?.row.prompt ?? undefined,
    negative: made?.row.negative ?? undefined,
    settings: made === undefined ? [] : settingsView(made.row, made.settings),
    resources: made === undefined ? [] : resourceViews(made.resources, known),
  };
}

/** What the catalog knows of models that images name. */
async function readKnownResources(
  db: Kysely<Tables>,
  resources: readonly NamedResource[],
): Promise<KnownResources> {
  const hashes = await readByKeys(resources.flatMap(({ hash }) => hash ?? []), (some) =>
    db
      .selectFrom('version_file_hash as hash')
      .innerJoin('version_file', 'version_file.id', 'hash.file_id')
      .select(['hash.value', 'version_file.version_id'])
      .where('hash.value', 'in', some)
      .orderBy('version_file.version_id', 'desc')
      .execute(),
  ); // prettier-ignore
  // Of several versions with one hash the oldest counts: it comes last.
  const versionOfHash = new Map(hashes.map((row) => [row.value, row.version_id]));
  const ids = [...resources.flatMap(({ versionId }) => versionId ?? []), ...versionOfHash.values()];
  const names = await readByKeys(ids, (some) =>
    db
      .selectFrom('version')
      .innerJoin('model', 'model.id', 'version.model_id')
      .select(['version.id', 'model.name as model', 'version.name'])
      .where('version.id', 'in', some)
      .execute(),
  );
  return { versionOfHash, names: new Map(names.map((row) => [row.id, `${row.model} ${row.name}`])) };
}
