import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isDownloadLogName, readDownloadLog } from './download-logs.ts';
import { isListName, readList } from './read-list.ts';
import { pictureName, readPicture } from './read-picture.ts';
import { readRecord } from './read-record.ts';
import { refused } from './record.ts';
import type { FoundRecord } from './record.ts';

const DEEPEST = 40;

/** The records in a folder and below it, or one file; by path. Links are not followed, model files not opened. */
export async function findRecords(path: string, signal: AbortSignal): Promise<FoundRecord[]> {
  const files: string[] = [];
  await gather(path, 0, files, signal);
  const found: FoundRecord[] = [];
  for (const file of files.toSorted()) {
    signal.throwIfAborted();
    found.push(...(await readAny(file)));
  }
  // A file that was named itself may be a list under any name.
  const isFile = found.length === 0 && (await lstat(path)).isFile();
  const list = isFile && /\.(?:txt|json)$/i.test(path) ? await readDownloadLog(path) : [];
  return list.some(({ kind }) => kind === 'download') ? list : found;
}

async function gather(path: string, depth: number, files: string[], signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const stats = await lstat(path);
  if (stats.isFile() && isOfUse(path)) files.push(path);
  if (!stats.isDirectory() || depth > DEEPEST) return;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) await gather(inner, depth + 1, files, signal);
    else if (entry.isFile() && isOfUse(inner)) files.push(inner);
  }
}

function isOfUse(path: string): boolean {
  const name = basename(path);
  return (
    name.toLowerCase().endsWith('.json') ||
    isListName(name) ||
    isDownloadLogName(name) ||
    pictureName(path) !== undefined
  );
}

async function readAny(path: string): Promise<FoundRecord[]> {
  if (isDownloadLogName(basename(path))) return await readDownloadLog(path);
  if (isListName(basename(path))) return [await readList(path)];
  if (pictureName(path) !== undefined) return await readPicture(path);
  const record = await readRecord(path);
  return record === undefined ? [] : [record];
}

/**
 * Refuses what says nothing alone: a hash without an answer, and a "not found" without the hash it is about. Leaves out
 * pictures that are beside no answer: any program may call one so.
 */
export function withoutLoose(records: readonly FoundRecord[]): FoundRecord[] {
  const hashed = new Set(records.flatMap((one) => (one.kind === 'hash' ? [one.key] : [])));
  const answered = new Set(
    records.flatMap((one) => (one.kind === 'version' || one.kind === 'absent' ? [one.key] : [])),
  );
  const listed = new Set(
    records.flatMap((one) => (one.kind === 'missing' ? one.entries.map(({ name }) => name) : [])),
  );
  return records.flatMap((one): FoundRecord[] => {
    if (one.kind === 'hash' && !answered.has(one.key) && !listed.has(one.name ?? ''))
      return [refused(one.path, one.at, 'has no answer of the site beside it')];
    if (one.kind === 'absent' && !hashed.has(one.key))
      return [refused(one.path, one.at, 'says "not found" of a file whose hash is not noted')];
    return one.kind === 'picture' && one.image === undefined && !answered.has(one.key) ? [] : [one];
  });
}
