import { join } from 'node:path';
import { chunks, inPool } from '../base/pool.ts';
import { parseJson } from '../base/json.ts';
import type { Catalog } from '../catalog/open.ts';
import { isOurs } from '../catalog/output.ts';
import type { OutputRow } from '../catalog/output.ts';
import { notesOfRoot, saveNotes } from '../catalog/user-field.ts';
import type { NotedFile } from '../catalog/user-field.ts';
import { isAboutName } from '../formats/sidecars/about-name.ts';
import { mergeSidecars } from '../formats/sidecars/merge-sidecars.ts';
import { sidecarNames } from '../formats/sidecars/read-sidecar.ts';
import { aboutText } from './sidecar-about.ts';
import { fieldsFrom } from './sidecar-fields.ts';
import type { SiteWords } from './sidecar-fields.ts';
import { readNotes } from './sidecar-read.ts';
import { stampOf } from './sidecar-stamps.ts';
import type { Stamp } from './sidecar-stamps.ts';
import type { StockFile, WalkedRoot } from './take-stock.ts';

/** Files read and written at a time. */
const AT_ONCE = 200;

/** Files of one root and what was written about them. */
export interface NotesJob {
  readonly files: readonly StockFile[];
  readonly outputs: readonly OutputRow[];
  readonly touched: ReadonlySet<number>;
}

export interface NotesTaken {
  /** Ids of the files of which something changed. */
  readonly changed: ReadonlySet<number>;
  /** What of descriptions by hand could not be taken, with file and line. */
  readonly warnings: readonly string[];
}

/**
 * Takes what the notes of other programs beside these files say into the catalog: those that are new, changed or gone
 * since they were last read, and those of `touched` files, of which the site may say something else by now. Ours say
 * nothing new.
 */
export async function takeNotes(
  catalog: Catalog,
  walked: WalkedRoot,
  job: NotesJob,
  at: number,
): Promise<NotesTaken> {
  const { files, outputs, touched } = job;
  const ours = new Map(outputs.map((row) => [row.path, row]));
  const before = await readStamps(catalog, walked);
  const due: { file: StockFile; stamps: Stamp[] }[] = [];
  for (const file of files) {
    if (!isReachable(file)) continue;
    const stamps = stampsOf(walked, file, ours);
    const isChanged = keyOf(stamps) !== (before.get(file.fileId) ?? '');
    if (isChanged || (stamps.length > 0 && touched.has(file.fileId))) due.push({ file, stamps });
  }
  const changed = new Set<number>();
  const warnings = new Set<string>();
  for (const batch of chunks(due, AT_ONCE)) {
    const noted = await readAll(catalog, walked, batch, ours, warnings);
    for (const id of await saveNotes(catalog, noted, at)) changed.add(id);
  }
  return { changed, warnings: [...warnings] };
}

/** A folder whose name is not UTF-8 can't be entered by its text. */
function isReachable({ walked }: StockFile): boolean {
  return walked.rawPath === undefined || !walked.folder.includes('\uFFFD');
}

async function readStamps(catalog: Catalog, { root }: WalkedRoot): Promise<Map<number, string>> {
  const stamps = new Map<number, Stamp[]>();
  for (const { file_id: id, name, size, mtime_ns: mtimeNs } of await notesOfRoot(catalog.db, root.id))
    stamps.set(id, [...(stamps.get(id) ?? []), { name, size, mtimeNs }]);
  return new Map([...stamps].map(([id, some]) => [id, keyOf(some)]));
}

function keyOf(stamps: readonly Stamp[]): string {
  return stamps
    .map(({ name, size, mtimeNs }) => `${name}\0${size}\0${mtimeNs}`)
    .toSorted()
    .join('\n');
}

/** The notes of other programs that lie there, by size and time; one of ours that nobody touched is none. */
function stampsOf(
  { target, walk }: WalkedRoot,
  { walked }: StockFile,
  ours: ReadonlyMap<string, OutputRow>,
): Stamp[] {
  const names = walk.names.get(walked.folder);
  if (names === undefined) return [];
  const folder = join(target.root, walked.folder);
  return sidecarNames(walked.stem).flatMap((name) => {
    const stamp = names.has(name) ? stampOf(folder, name) : undefined;
    if (stamp === undefined) return [];
    const row = ours.get(join(folder, name));
    return row?.size === stamp.size && row.mtime_ns === stamp.mtimeNs && row.done_sha256 !== null
      ? []
      : [stamp];
  });
}

async function readAll(
  catalog: Catalog,
  { target }: WalkedRoot,
  batch: readonly { readonly file: StockFile; readonly stamps: readonly Stamp[] }[],
  ours: ReadonlyMap<string, OutputRow>,
  warnings: Set<string>,
): Promise<NotedFile[]> {
  const known = await knownOf(
    catalog,
    batch.map(({ file }) => file.fileId),
  );
  const noted: NotedFile[] = [];
  await inPool(batch, 8, async ({ file, stamps }, index) => {
    const folder = join(target.root, file.walked.folder);
    const read = await readNotes(folder, file.walked.stem, new Set(stamps.map((stamp) => stamp.name)));
    const foreign = read.filter((note) => {
      const row = ours.get(join(folder, note.name));
      return row === undefined || !isOurs(row, note.sha256);
    });
    const { sha256, site } = known.get(file.fileId) ?? { sha256: undefined, site: undefined };
    const merged = mergeSidecars(
      foreign.flatMap((note) => note.facts ?? []),
      sha256,
    );
    for (const { name, problems } of foreign)
      for (const { line, why } of problems) warnings.add(`${join(folder, name)}, line ${line}: ${why}.`);
    const isBroken = foreign.some((note) => note.facts === undefined && isAboutName(note.name));
    const fields = fieldsFrom(merged, site);
    noted[index] = { fileId: file.fileId, fields, notes: stamps, ...(isBroken ? { keeps: 'about' } : {}) };
  });
  return noted;
}

interface KnownFile {
  readonly sha256: string | undefined;
  readonly site: SiteWords | undefined;
}

async function knownOf(catalog: Catalog, fileIds: readonly number[]): Promise<Map<number, KnownFile>> {
  const rows = await catalog.db
    .selectFrom('file')
    .leftJoin('blob', 'blob.id', 'file.blob_id')
    .leftJoin('choice', 'choice.file_id', 'file.id')
    .leftJoin('version', 'version.id', 'choice.version_id')
    .leftJoin('model', 'model.id', 'version.model_id')
    .select([
      'file.id',
      'blob.sha256',
      'version.id as version_id',
      'version.trained_words',
      'version.description',
      'model.description as model_description',
    ])
    .where('file.id', 'in', [...fileIds])
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        sha256: row.sha256 ?? undefined,
        site:
          row.version_id === null
            ? undefined
            : {
                trainedWords: wordsIn(row.trained_words),
                about: aboutText(row.description, row.model_description),
              },
      },
    ]),
  );
}

function wordsIn(json: string | null): string[] {
  const value: unknown = json === null ? [] : parseJson(json);
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}
