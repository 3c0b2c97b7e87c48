import { existsSync } from 'node:fs';
import type { Catalog } from '../../catalog/open.ts';
import { outputsOf } from '../../catalog/output.ts';
import type { GalleryPlace } from './galleries.ts';
import { hiddenBehindCopies } from './organised-copies.ts';

/** True when a gallery is where it was written last, page and parts. */
export async function galleryStands(catalog: Catalog, place: GalleryPlace): Promise<boolean> {
  const rows = await outputsOf(catalog.db, { rootId: place.roots[0]?.root.id ?? 0 });
  const own = rows.filter(
    (row) => row.path === place.page || (row.kind === 'asset' && row.path.startsWith(`${place.files}/`)),
  );
  return (
    (!place.hasPage || own.some((row) => row.path === place.page)) &&
    own.length > 0 &&
    own.every((row) => row.done_sha256 !== null && row.intent_sha256 === null && existsSync(row.path))
  );
}

/** True when a gallery is not there and would be empty: what organising made of its models is shown elsewhere. */
export async function isShownElsewhere(catalog: Catalog, place: GalleryPlace): Promise<boolean> {
  if (!place.prefersCopies || !place.hasPage || existsSync(place.page)) return false;
  const rootIds = place.roots.map(({ root }) => root.id);
  const files = await catalog.db
    .selectFrom('file')
    .select('id')
    .where('root_id', 'in', rootIds)
    .where('state', '<>', 'gone')
    .execute();
  const hidden = await hiddenBehindCopies(catalog, rootIds);
  return files.every(({ id }) => hidden.has(id));
}
