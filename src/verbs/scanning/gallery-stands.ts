import { existsSync } from 'node:fs';
import type { Catalog } from '../../catalog/open.ts';
import { outputsOf } from '../../catalog/output.ts';
import type { GalleryPlace } from './galleries.ts';

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
