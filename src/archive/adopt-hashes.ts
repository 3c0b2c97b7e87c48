import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  loraManagerName,
  provenAsOf,
  provenHash,
  readA1111Hashes,
  readLoraManagerHash,
} from '../library/adopt.ts';
import type { HashAsOf, NotedHash } from '../library/adopt.ts';
import { groupBy } from '../catalog/upsert.ts';
import type { Walk } from '../library/walked.ts';
import type { StockFile } from './take-stock.ts';

/** A1111 keeps its cache in its own folder; models lie one to three folders below. */
const CACHE_LEVELS = 4;
/** A note is a few kilobytes and a cache a few megabytes; more than this is neither. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Gives the imported hashes of model files with some base names. */
export type NotesOfNames = (names: readonly string[]) => Promise<readonly HashAsOf[]>;

/**
 * Hashes that other programs noted of these files and that size and time prove, by file id. Reading a note instead of a
 * 7 GB model is what makes a first scan of a used library quick.
 */
export async function adoptHashes(
  files: readonly StockFile[],
  root: string,
  walk: Walk,
  noted: NotesOfNames,
): Promise<Map<number, NotedHash>> {
  const adopted = new Map<number, NotedHash>();
  if (files.length === 0) return adopted;
  const cached = await cachedHashes(root);
  const imported = await importedHashes(files, walk, noted);
  for (const file of files) {
    const { folder, stem } = file.walked;
    const note = loraManagerName(stem);
    const own =
      walk.names.get(folder)?.has(note) === true
        ? readLoraManagerHash((await readText(join(root, folder, note))) ?? '')
        : undefined;
    const proven = provenHash(file.walked, [
      ...(own === undefined ? [] : [own]),
      ...(cached.get(file.walked.name) ?? []),
    ]);
    const found = proven ?? provenAsOf(file.walked, join(root, file.walked.path), imported(file.walked.name));
    if (found !== undefined) adopted.set(file.fileId, found);
  }
  return adopted;
}

/** What was imported of hashes of files of a name; nothing when the library holds several of that name. */
async function importedHashes(
  files: readonly StockFile[],
  walk: Walk,
  noted: NotesOfNames,
): Promise<(name: string) => readonly HashAsOf[]> {
  const rows = groupBy(await noted(files.map(({ walked }) => walked.name)), (row) => row.name); // prettier-ignore
  const counts = new Map<string, number>();
  if (rows.size > 0) for (const { name } of walk.files) counts.set(name, (counts.get(name) ?? 0) + 1);
  return (name) => (counts.get(name) === 1 ? (rows.get(name) ?? []) : []);
}

async function cachedHashes(root: string): Promise<Map<string, NotedHash[]>> {
  const byName = new Map<string, NotedHash[]>();
  let folder = root;
  for (let level = 0; level < CACHE_LEVELS; level += 1) {
    const text = await readText(join(folder, 'cache.json'));
    for (const note of text === undefined ? [] : readA1111Hashes(text))
      byName.set(note.name, [...(byName.get(note.name) ?? []), note]);
    folder = dirname(folder);
  }
  return byName;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).size > MOST_BYTES ? undefined : await readFile(path, 'utf8');
  } catch {
    // A note that can't be read proves nothing; the file itself is read instead.
    return undefined;
  }
}
