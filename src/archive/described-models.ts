import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { FileId, RootId } from '../base/ids.ts';
import { describedOfRoot, saveDescribed } from '../catalog/described.ts';
import type { DescribedInput } from '../catalog/described.ts';
import type { FileRow } from '../catalog/file.ts';
import type { Tables } from '../catalog/schema.ts';
import { ABOUT_ENDINGS, aboutStem } from '../formats/sidecars/about-name.ts';
import type { WalkedFile } from '../library/walked.ts';

/** A model that is described by hand and has no file, as if its description were one. */
export interface DescribedModel {
  readonly fileId: FileId;
  readonly rootId: RootId;
  readonly walked: WalkedFile;
  readonly blobId: undefined;
}

/** A root and what a walk found in it. */
interface Place {
  readonly root: { readonly id: number };
  readonly target: { readonly root: string };
  readonly walk: {
    readonly files: readonly WalkedFile[];
    readonly names: ReadonlyMap<string, ReadonlySet<string>>;
    isMeant(path: string): boolean;
  };
}

/** Brings the models that are described by hand and have no file up to date in the catalog. */
export async function takeDescribed(
  trx: Kysely<Tables>,
  { root, target, walk }: Place,
  at: number,
): Promise<{ readonly described: readonly DescribedModel[]; readonly gone: number }> {
  const before = await describedOfRoot(trx, root.id);
  const found = fileless(walk).flatMap((one) => (walk.isMeant(one.path) ? withStats(target.root, one) : []));
  const paths = new Set(found.map((one) => one.path));
  const models = modelStems(walk);
  const lost = before.filter(
    (row) =>
      !paths.has(row.path) &&
      (models.has(`${row.folder}/${row.stem}`) || !isThere(join(target.root, row.path))),
  );
  if (found.length > 0 || lost.length > 0)
    await saveDescribed(trx, root.id, found, lost.map((row) => row.id), at); // prettier-ignore
  const rows = found.length === 0 ? [] : await describedOfRoot(trx, root.id);
  return { described: stockOf(rows.filter((row) => paths.has(row.path))), gone: lost.length };
}

/** The same as the catalog knows them; nothing is looked at. */
export async function knownDescribed(db: Kysely<Tables>, rootId: number): Promise<DescribedModel[]> {
  return stockOf(await describedOfRoot(db, rootId));
}

interface Fileless extends Pick<DescribedInput, 'path' | 'folder' | 'name' | 'stem' | 'ext'> {}

/** The descriptions beside which no model file of their stem lies; of several for one model the first by ending. */
function fileless(walk: Place['walk']): Fileless[] {
  const models = modelStems(walk);
  const found: Fileless[] = [];
  for (const [folder, names] of walk.names) {
    const byStem = new Map<string, string>();
    for (const name of [...names].toSorted((a, b) => rank(a) - rank(b))) {
      const stem = aboutStem(name);
      // A name that is no text in UTF-8 can't be asked for again.
      if (stem === undefined || name.includes('\uFFFD') || folder.includes('\uFFFD')) continue;
      if (!models.has(`${folder}/${stem}`) && !byStem.has(stem)) byStem.set(stem, name);
    }
    for (const [stem, name] of byStem) {
      const path = folder === '' ? name : `${folder}/${name}`;
      found.push({ path, folder, name, stem, ext: name.slice(stem.length).toLowerCase() });
    }
  }
  return found;
}

function modelStems(walk: Place['walk']): Set<string> {
  return new Set(
    walk.files.flatMap((file) => [`${file.folder}/${file.stem}`, `${file.folder}/${file.name}`]),
  );
}

function rank(name: string): number {
  return ABOUT_ENDINGS.findIndex((ending) => name.toLowerCase().endsWith(ending));
}

function withStats(root: string, one: Fileless): DescribedInput[] {
  const stats = statSync(join(root, one.path), { bigint: true, throwIfNoEntry: false });
  if (stats?.isFile() !== true) return [];
  return [
    {
      ...one,
      size: Number(stats.size),
      mtimeNs: stats.mtimeNs.toString(),
      ctimeNs: stats.ctimeNs.toString(),
      device: stats.dev.toString(),
      inode: stats.ino.toString(),
    },
  ];
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function stockOf(rows: readonly FileRow[]): DescribedModel[] {
  return rows.map((row) => ({
    fileId: row.id as FileId,
    rootId: row.root_id as RootId,
    walked: {
      path: row.path,
      folder: row.folder,
      name: row.name,
      stem: row.stem,
      ext: row.ext,
      size: row.size,
      mtimeNs: row.mtime_ns,
      ctimeNs: row.ctime_ns,
      device: row.device,
      inode: row.inode,
    },
    blobId: undefined,
  }));
}
