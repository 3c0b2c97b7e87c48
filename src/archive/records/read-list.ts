import { lstat, readFile } from 'node:fs/promises';
import { messageOf } from '../../base/errors.ts';
import { isRecord, parseJson } from '../../base/json.ts';
import { readMissingList, readProcessedFiles } from '../../formats/sidecars/collected-files.ts';
import { COLLECTED_FILES } from '../../profiles/collected.ts';
import { MOST_RECORD_BYTES } from './read-record.ts';
import { baseName, refused } from './record.ts';
import type { FoundRecord } from './record.ts';

/** True for the name of a list that Civitai Data Manager keeps and that says something of its own. */
export function isListName(name: string): boolean {
  return name === COLLECTED_FILES.processed || name === COLLECTED_FILES.missing;
}

/** Reads such a list; `refused` when it is damaged. */
export async function readList(path: string): Promise<FoundRecord> {
  const stats = await lstat(path);
  const at = Math.floor(stats.mtimeMs);
  try {
    if (stats.size > MOST_RECORD_BYTES) return refused(path, at, 'is too large for a list');
    const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
    return baseName(path) === COLLECTED_FILES.missing
      ? missingRecord(path, at, text)
      : processedRecord(path, at, text);
  } catch (error) {
    return refused(path, at, `can not be read: ${messageOf(error)}`);
  }
}

function processedRecord(path: string, at: number, text: string): FoundRecord {
  const value: unknown = parseJson(text);
  if (!isRecord(value) || !Array.isArray(value['files'])) return refused(path, at, 'holds no list of files');
  return { path, at, kind: 'processed', files: readProcessedFiles(value).files };
}

/** Only a 404 says that the site has a file not: the list was given whatever was no answer. */
function missingRecord(path: string, at: number, text: string): FoundRecord {
  const said = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const listed = readMissingList(text);
  if (listed.length < said.length)
    return refused(path, at, `has ${said.length - listed.length} lines that are none of such a list`);
  const entries = listed.flatMap(({ status, fileName, time }) =>
    status === 404 ? [{ name: baseName(fileName), at: localTime(time) ?? at }] : [],
  );
  return { path, at, kind: 'missing', entries };
}

function localTime(text: string): number | undefined {
  const epochMs = Date.parse(text.replace(' ', 'T'));
  return Number.isNaN(epochMs) ? undefined : epochMs;
}
