import type { Kysely } from 'kysely';
import { saveImages } from '../../catalog/image.ts';
import type { Catalog } from '../../catalog/open.ts';
import { finish, intend, outputsOf } from '../../catalog/output.ts';
import type { Tables } from '../../catalog/schema.ts';
import type { Image } from '../../civitai/shapes/types.ts';
import { sha256Of } from '../../library/sha256-of.ts';
import { imageFacts } from '../to-facts.ts';
import type { RecordOf } from './record.ts';

/** True when a picture is recorded as it lies there, be it as ours or as another program's. */
export async function isPictureKnown(
  db: Kysely<Tables>,
  { path, size, mtimeNs }: RecordOf<'picture'>,
): Promise<boolean> {
  const [row] = await outputsOf(db, { paths: [path] });
  if (row === undefined) return false;
  return row.kind !== 'picture' || (row.size === size && row.mtime_ns === mtimeNs);
}

/** Records a picture that another program fetched: it is shown and not fetched again, and stays that program's. */
export async function takePicture(
  catalog: Catalog,
  { path, size, mtimeNs, at }: RecordOf<'picture'>,
  image: Image,
  signal: AbortSignal,
): Promise<void> {
  const sha256 = await sha256Of(path, signal);
  await catalog.write(async (trx) => {
    const imageId = await knownId(trx, image) ?? (await saveImages(trx, [imageFacts(image)], at))[0]; // prettier-ignore
    await intend(trx, [{ path, kind: 'picture', imageId, sha256 }], at);
    await finish(trx, [{ path, sha256, size, mtimeNs }], at);
  });
}

/** What is known of an image is newer than what was kept beside a picture. */
async function knownId(trx: Kysely<Tables>, { id, uuid }: Image): Promise<number | undefined> {
  if (uuid !== undefined) {
    const query = trx.selectFrom('image_alias').select('image_id').where('alias', '=', uuid.toLowerCase());
    const alias = await query.executeTakeFirst();
    if (alias !== undefined) return alias.image_id;
  }
  if (id === undefined) return undefined;
  return (await trx.selectFrom('image').select('id').where('id', '=', id).executeTakeFirst())?.id;
}
