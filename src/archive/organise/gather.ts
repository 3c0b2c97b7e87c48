import { lstatSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Kysely } from 'kysely';
import { filesOfRoot } from '../../catalog/file.ts';
import type { StoredFile } from '../../catalog/file.ts';
import { outputsOf } from '../../catalog/output.ts';
import type { OutputRow } from '../../catalog/output.ts';
import type { Tables } from '../../catalog/schema.ts';
import { onDisk, pathText } from '../../library/disk-path.ts';
import { reconcile } from '../../library/reconcile.ts';
import type { Walk, WalkedFile } from '../../library/walked.ts';
import { besideStems } from '../../profiles/beside.ts';
import { placeKey } from '../../profiles/profile.ts';
import { heldStems } from '../held-stems.ts';
import { companionsIn } from './companions.ts';
import type { Companion } from './companions.ts';
import { readTemplateValues } from './facts.ts';
import type { PlanFile } from './plan.ts';
import { isModelName } from './plan-disk.ts';

/** A root whose files, or some of them, are to be organised. */
export interface GatherRoot {
  readonly root: { readonly id: number; readonly path: string };
  readonly walk: Walk;
  /** The folder under which a file (path relative to the root) is to lie; `undefined` leaves it out. */
  outputOf(path: string): OutputFolder | undefined;
  /** Links are to stay where they are, and to lead to where they do. */
  readonly keepLinks: boolean;
}

/** A folder that files are organised into. */
export interface OutputFolder {
  /** Absolute. */
  readonly path: string;
  /** It lies within or beside the sources and is none of them: what is in it is a result. */
  readonly isApart: boolean;
}

export interface Gathered {
  readonly files: PlanFile[];
  /** Hashes of the root's files that are as they were when read, by absolute path. */
  readonly hashes: Map<string, string>;
}

const NOT_SCANNED = 'Not scanned yet, or changed since.';
const UNKNOWN = 'Unknown to the site.';
const LINK = 'Links stay where they are.';
const LINKED = 'A link that organising made leads there; civitarium undo takes that back first.';

/** The files of a root with all that the plan asks about them. Nothing is written and no file is read. */
export async function gatherFiles(
  db: Kysely<Tables>,
  { root, walk, outputOf, keepLinks }: GatherRoot,
): Promise<Gathered> {
  const rows = rowsByFile(await filesOfRoot(db, root.id), walk);
  const values = await readTemplateValues(
    db,
    [...rows.values()].map((row) => row.id),
  );
  const sha256 = await hashesOf(db, root.id);
  const linked = keepLinks ? await linkedFiles(db, root.id) : new Set<number>();
  const companions = companionsOf(root.path, walk, await ownNotes(db, root.id), rows);
  const hashes = new Map<string, string>();
  const files: PlanFile[] = [];
  for (const walked of walk.files) {
    const row = rows.get(walked);
    const hash = row?.blob_id === null || row === undefined ? undefined : sha256.get(row.blob_id);
    const folder = absoluteFolder(root.path, walked);
    const rawName = rawNameOf(walked);
    const path =
      walked.rawPath === undefined
        ? `${folder}/${walked.name}`
        : pathText(Buffer.concat([Buffer.from(`${root.path}/`), walked.rawPath]));
    if (hash !== undefined) hashes.set(path, hash);
    const output = outputOf(walked.path);
    if (output === undefined) continue;
    const known = hash === undefined || row === undefined ? undefined : values.get(row.id);
    const why =
      hash === undefined
        ? NOT_SCANNED
        : known === undefined
          ? UNKNOWN
          : keepLinks && isLink(path)
            ? LINK
            : linked.has(row?.id ?? 0)
              ? LINKED
              : undefined;
    files.push({
      fileId: row?.id ?? 0,
      rootId: root.id,
      path,
      folder,
      name: walked.name,
      rawName,
      size: walked.size,
      mtimeNs: walked.mtimeNs,
      inode: walked.inode,
      sha256: hash,
      output: output.path,
      isResult: output.isApart && (folder === output.path || folder.startsWith(`${output.path}/`)),
      values: known,
      stays: why,
      companions: companions.get(walked) ?? [],
    });
  }
  return { files, hashes };
}

/** The rows of files that are as they were when last seen, wherever they lie now. */
function rowsByFile(rows: readonly StoredFile[], walk: Walk): Map<WalkedFile, StoredFile> {
  const { unchanged, moved } = reconcile(rows, walk);
  return new Map([...unchanged, ...moved].map(({ row, walked }) => [walked, row]));
}

async function hashesOf(db: Kysely<Tables>, rootId: number): Promise<Map<number, string>> {
  const rows = await db
    .selectFrom('file')
    .innerJoin('blob', 'blob.id', 'file.blob_id')
    .select(['blob.id', 'blob.sha256'])
    .where('file.root_id', '=', rootId)
    .execute();
  return new Map(rows.map((row) => [row.id, row.sha256]));
}

/** Files of a root (by id) that links lead to which organising made and which are still there. */
async function linkedFiles(db: Kysely<Tables>, rootId: number): Promise<Set<number>> {
  const rows = await db
    .selectFrom('journal_step')
    .innerJoin('file as link', 'link.id', 'journal_step.made_file_id')
    .innerJoin('file as original', 'original.id', 'journal_step.file_id')
    .select('original.id')
    .where('journal_step.op', '=', 'symlink')
    .where('journal_step.role', '=', 'model')
    .where('journal_step.state', '=', 'done')
    .where('link.state', '=', 'present')
    .where('original.root_id', '=', rootId)
    .execute();
  return new Set(rows.map((row) => row.id));
}

/** What we wrote about files of a root, by file id. */
async function ownNotes(db: Kysely<Tables>, rootId: number): Promise<Map<number, OutputRow[]>> {
  const notes = new Map<number, OutputRow[]>();
  for (const row of await outputsOf(db, { rootId })) {
    if (row.file_id === null || row.kind === 'picture') continue;
    const known = notes.get(row.file_id);
    if (known === undefined) notes.set(row.file_id, [row]);
    else known.push(row);
  }
  return notes;
}

function companionsOf(
  root: string,
  walk: Walk,
  notes: ReadonlyMap<number, OutputRow[]>,
  rows: ReadonlyMap<WalkedFile, StoredFile>,
): Map<WalkedFile, Companion[]> {
  const byFolder = new Map<string, WalkedFile[]>();
  for (const file of walk.files) {
    const known = byFolder.get(file.folder);
    if (known === undefined) byFolder.set(file.folder, [file]);
    else known.push(file);
  }
  const found = new Map<WalkedFile, Companion[]>();
  const walkedById = new Map([...rows].map(([walked, { id }]) => [id, walked]));
  const held = heldStems(root, walkedById, [...notes.values()].flat());
  const holders = [...rows].flatMap(([walked, { id }]) => (held.has(id) ? [placeKey(walked)] : []));
  const stems = besideStems(walk.files, new Set(holders));
  for (const [folder, files] of byFolder) {
    const names = walk.names.get(folder) ?? new Set<string>();
    const ours = new Set<string>();
    for (const file of files) {
      const own = ownCompanions(
        root,
        file,
        stems.get(placeKey(file)) ?? file.stem,
        notes.get(rows.get(file)?.id ?? 0) ?? [],
        names,
      );
      for (const companion of own) ours.add(companion.name);
      found.set(file, own);
    }
    const theirs = companionsIn(names, stemOwners(files, stems), ours, isModelName);
    for (const file of files) found.get(file)?.push(...(theirs.get(file.name) ?? []));
  }
  return found;
}

/** Which file each stem stands for: the one that has notes under the bare stem. */
function stemOwners(files: readonly WalkedFile[], stems: ReadonlyMap<string, string>): Map<string, string> {
  const owners = new Map(files.map((file) => [file.name, file.name]));
  const isFirst = (file: WalkedFile): boolean => !(stems.get(placeKey(file)) ?? '').startsWith(file.name);
  for (const file of [...files.filter((one) => !isFirst(one)), ...files.filter(isFirst)])
    owners.set(file.stem, file.name);
  return owners;
}

function ownCompanions(
  root: string,
  file: WalkedFile,
  stem: string,
  notes: readonly OutputRow[],
  names: ReadonlySet<string>,
): Companion[] {
  const folder = absoluteFolder(root, file);
  return notes.flatMap(({ path, kind }) => {
    const name = basename(path);
    const prefix = [stem, file.stem].find((one) => name.startsWith(one));
    if (dirname(path) !== folder || prefix === undefined || !names.has(name)) return [];
    return [{ name, prefix, whole: false, ours: true, remade: kind === 'page' || kind === 'info' }];
  });
}

function absoluteFolder(root: string, file: WalkedFile): string {
  return file.folder === '' ? root : `${root}/${file.folder}`;
}

function rawNameOf({ rawPath, name }: WalkedFile): Buffer | undefined {
  if (rawPath === undefined) return undefined;
  const raw = rawPath.subarray(rawPath.lastIndexOf('/') + 1);
  return Buffer.from(name).equals(raw) ? undefined : raw;
}

function isLink(path: string): boolean {
  return lstatSync(onDisk(path), { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
