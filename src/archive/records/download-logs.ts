import { lstat, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { isRecord } from '../../base/json.ts';
import { MOST_RECORD_BYTES } from './read-record.ts';
import { refused } from './record.ts';
import type { FoundRecord, RecordOf } from './record.ts';

/** One thing that such a record says is there. */
export type ListedDownload = RecordOf<'download'>;

/** `NAME_download_log.json` or without the name, also when it was set aside; the older `downloaded_files.json`; a list of ids. */
const LOG = /(?:^|_)download_log(?:\.before-civitarium(?:-\d+)?)?\.json$/i;
const LISTS = /^(?:downloaded_files\.json|downloaded_image_id_db\.txt)$/i;
const LARGEST_ID = 2_147_483_647;

/** True for the name of a record of what another downloader brought. */
export function isDownloadLogName(name: string): boolean {
  return LOG.test(name) || LISTS.test(name);
}

/**
 * Reads what was brought: each thing once, the last word counts. Of a log that is cut or broken whatever is whole is taken, and
 * the log is told as damaged. Addresses in it are not read: they are signed, and for somebody else.
 */
export async function readDownloadLog(path: string): Promise<FoundRecord[]> {
  const stats = await lstat(path);
  const at = Math.floor(stats.mtimeMs);
  try {
    if (stats.size > MOST_RECORD_BYTES * 4)
      return [refused(path, at, 'is too large for a list of downloads')];
    const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
    const { entries, problem } = entriesIn(text);
    const creator = /^(.+)_download_log/i.exec(basename(path))?.[1];
    const found = new Map<string, ListedDownload>();
    for (const entry of entries) {
      const listed = readEntry(entry);
      if (listed !== undefined)
        found.set(`${listed.type} ${listed.id}`, { path, at, kind: 'download', creator, ...listed });
    }
    return [...found.values(), ...(problem === undefined ? [] : [refused(path, at, problem)])];
  } catch (error) {
    return [refused(path, at, `can not be read: ${messageOf(error)}`)];
  }
}

interface Entries {
  readonly entries: readonly unknown[];
  readonly problem?: string;
}

function entriesIn(text: string): Entries {
  const trimmed = text.trim();
  if (trimmed === '') return { entries: [] };
  if (!/^[[{]/.test(trimmed)) return idLines(trimmed);
  try {
    const value: unknown = JSON.parse(trimmed);
    if (Array.isArray(value)) return { entries: value };
    if (isRecord(value)) return entriesOfRecord(value);
    return { entries: [], problem: 'holds no list of downloads' };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // What stands whole in it is true all the same.
    const whole = trimmed.match(/\{[^{}]*\}/g) ?? [];
    const entries = whole.flatMap((part) => parsedOr(part));
    return { entries, problem: `is damaged: ${entries.length} entries of it could be read` };
  }
}

function parsedOr(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}

/** `success` of a log, `files` or `ids` of a list, or what is there by its id. */
function entriesOfRecord(value: Record<string, unknown>): Entries {
  for (const key of ['success', 'downloaded', 'files', 'ids']) {
    const list = value[key];
    if (Array.isArray(list)) return { entries: list };
  }
  const byId = Object.entries(value).filter(([key]) => /^\d{1,10}$/.test(key));
  if (byId.length === 0 && Object.keys(value).length > 0)
    return { entries: [], problem: 'holds no list of downloads' };
  return { entries: byId.map(([id, path]) => ({ id, path: typeof path === 'string' ? path : undefined })) };
}

function idLines(text: string): Entries {
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim());
  const said = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const ids = said.filter((line) => /^\d{1,10}$/.test(line));
  if (ids.length === said.length) return { entries: ids };
  return { entries: ids, problem: `has ${said.length - ids.length} lines that are no ids` };
}

function readEntry(entry: unknown): Pick<ListedDownload, 'type' | 'id' | 'said' | 'size'> | undefined {
  if (typeof entry === 'number' || (typeof entry === 'string' && /^\d+$/.test(entry))) return imageOf(entry);
  if (typeof entry === 'string') {
    const id = /(?:^|[\\/])(\d{1,10})\.\w{2,5}$/.exec(entry)?.[1];
    return id === undefined ? undefined : imageOf(id, entry);
  }
  if (!isRecord(entry)) return undefined;
  const { id, type = 'image', path, size } = entry;
  // Of a failure the reason is told; what is said of a model is written anew.
  if (entry['reason'] !== undefined || (type !== 'image' && type !== 'lora')) return undefined;
  const said = typeof path === 'string' ? path : undefined;
  const read = imageOf(id, said);
  if (read === undefined) return undefined;
  const bytes = typeof size === 'number' && Number.isSafeInteger(size) && size > 0 ? size : undefined;
  return { ...read, type, size: bytes };
}

function imageOf(
  value: unknown,
  said?: string,
): Pick<ListedDownload, 'type' | 'id' | 'said' | 'size'> | undefined {
  const id = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(id) || id < 1 || id > LARGEST_ID) return undefined;
  return { type: 'image', id, said, size: undefined };
}
