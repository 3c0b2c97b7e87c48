import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loraManagerName, provenHash, readA1111Hashes, readLoraManagerHash } from '../library/adopt.ts';
import type { NotedHash } from '../library/adopt.ts';
import type { Walk } from '../library/walked.ts';
import type { StockFile } from './take-stock.ts';

/** A1111 keeps its cache in its own folder; models lie one to three folders below. */
const CACHE_LEVELS = 4;
/** A note is a few kilobytes and a cache a few megabytes; more than this is neither. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Hashes that other programs noted of these files and that size and time prove, by file id. Reading a note instead of a
 * 7 GB model is what makes a first scan of a used library quick.
 */
export async function adoptHashes(
  files: readonly StockFile[],
  root: string,
  walk: Walk,
): Promise<Map<number, NotedHash>> {
  const adopted = new Map<number, NotedHash>();
  if (files.length === 0) return adopted;
  const cached = await cachedHashes(root);
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
    if (proven !== undefined) adopted.set(file.fileId, proven);
  }
  return adopted;
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
