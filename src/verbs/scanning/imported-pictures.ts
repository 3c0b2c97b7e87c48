import { basename, dirname } from 'node:path';
import type { StockFile } from '../../archive/take-stock.ts';
import type { Catalog } from '../../catalog/open.ts';
import { claimPictures, picturesOf } from '../../catalog/picture.ts';
import { readByKeys } from '../../catalog/upsert.ts';
import type { RootJob } from './library-job.ts';
import { isAsWritten } from './stale-outputs.ts';

/** Gives imported pictures that lie where previews of a file are to be to that file; gives the files that got one. */
export async function claimImported(catalog: Catalog, jobs: readonly RootJob[]): Promise<number[]> {
  const pictures = await picturesOf(catalog.db, { unclaimed: true });
  if (pictures.length === 0) return [];
  const owners = new Map(
    jobs.flatMap((job) => job.files.map((file) => [placeOf(job, file), { job, file }] as const)),
  );
  const found = pictures.flatMap((row) => {
    const name = basename(row.path);
    const key = (job: RootJob): string =>
      `${dirname(row.path)}/${job.naming.withoutSlot(name.replace(/\.[^.]+$/, ''))}`;
    const owner = jobs.flatMap((job) => owners.get(key(job)) ?? [])[0];
    if (owner?.job.naming.slotOf(owner.file, name) === undefined) return [];
    return [{ id: row.id, imageId: row.image_id, fileId: owner.file.fileId, rootId: owner.file.rootId }];
  });
  const shown = await shownBy(catalog, found.map(({ fileId }) => fileId)); // prettier-ignore
  // A folder of the same name may be another model's.
  const claims = found.filter(({ fileId, imageId }) => shown.has(`${fileId} ${imageId}`));
  await claimPictures(catalog, claims);
  return [...new Set(claims.map(({ fileId }) => Number(fileId)))];
}

function placeOf({ naming }: RootJob, file: StockFile): string {
  const { folder, name } = naming.preview(file, 1);
  return `${folder}/${naming.withoutSlot(name)}`;
}

/** Which images the models of some files have, as `file image`. */
async function shownBy(catalog: Catalog, fileIds: readonly number[]): Promise<Set<string>> {
  const rows = await readByKeys(fileIds, (some) =>
    catalog.db
      .selectFrom('choice')
      .innerJoin('image_use', 'image_use.version_id', 'choice.version_id')
      .select(['choice.file_id', 'image_use.image_id'])
      .where('choice.file_id', 'in', some)
      .execute(),
  );
  return new Set(rows.map((row) => `${row.file_id} ${row.image_id}`));
}

/** Where imported pictures lie, by image, as far as they are as they were: they need not be fetched again. */
export async function importedCopies(catalog: Catalog): Promise<Map<number, string>> {
  const rows = await picturesOf(catalog.db, { unclaimed: false });
  return new Map(rows.flatMap((row) => (isAsWritten(row) ? [[row.image_id, row.path] as const] : [])));
}
