import { parseDate } from '../../base/dates.ts';
import { isRecord } from '../../base/json.ts';
import { sidecarFacts } from './facts.ts';
import type { SidecarFacts } from './facts.ts';
import { hashesIn, textIn } from './fields.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Civitai Data Manager's `X_hash.json`; `undefined` when the object is something else. */
export function readHashFile(value: Fields): SidecarFacts | undefined {
  if (!Object.hasOwn(value, 'hash_value')) return undefined;
  const type = textIn(value['hash_type']) ?? 'SHA256';
  return sidecarFacts({ format: 'data-manager-hash', hashes: hashesIn({ [type]: value['hash_value'] }) });
}

/** One line of `missing_from_civitai.txt`. */
export interface MissingEntry {
  /** `2024-11-06 15:53:56`, the local time of whoever wrote it. */
  readonly time: string;
  readonly status: number;
  readonly fileName: string;
}

/** Reads `missing_from_civitai.txt`; lines of another form are passed over. */
export function readMissingList(text: string): MissingEntry[] {
  const entries: MissingEntry[] = [];
  for (const line of lines(text)) {
    const match = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) \| Status (\d{1,4}) \| (.{1,1024})$/.exec(line);
    if (match === null) continue;
    entries.push({ time: match[1] ?? '', status: Number(match[2]), fileName: match[3] ?? '' });
  }
  return entries;
}

/** One block of `duplicate_models.txt`; paths as they were given. */
export interface DuplicateEntry {
  readonly hash: string;
  readonly kept: string;
  readonly removed: readonly string[];
}

/** Reads `duplicate_models.txt`; anything between blocks is passed over. */
export function readDuplicateList(text: string): DuplicateEntry[] {
  const entries: { hash: string; kept: string; removed: string[] }[] = [];
  for (const line of lines(text)) {
    const last = entries.at(-1);
    if (line.startsWith('Hash: '))
      entries.push({ hash: line.slice(6).trim().toLowerCase(), kept: '', removed: [] });
    else if (last !== undefined && line.startsWith('Kept: ')) last.kept = line.slice(6);
    else if (last !== undefined && line.startsWith('  - ')) last.removed.push(line.slice(4));
  }
  return entries;
}

/** `processed_files.json`: paths as they were given, with the time of each where it is known. */
export interface ProcessedFiles {
  readonly files: readonly string[];
  /** Epoch ms; `undefined` when it was never written or can't be read. */
  readonly lastUpdate: number | undefined;
  /** Path to epoch ms; only in files we wrote. */
  readonly processed: ReadonlyMap<string, number>;
}

/** Reads the object of `processed_files.json`; what is damaged is left out. */
export function readProcessedFiles(value: unknown): ProcessedFiles {
  const fields: Fields = isRecord(value) ? value : {};
  const listed: unknown[] = Array.isArray(fields['files']) ? fields['files'] : [];
  const processed = new Map<string, number>();
  for (const [path, time] of Object.entries(isRecord(fields['processed']) ? fields['processed'] : {})) {
    const epochMs = parseDate(time);
    if (epochMs !== undefined) processed.set(path, epochMs);
  }
  const files = listed.filter((path): path is string => typeof path === 'string' && path !== '');
  return { files: [...new Set(files)], lastUpdate: parseDate(fields['last_update']), processed };
}

function lines(text: string): string[] {
  return text.split('\n').map((line) => line.replace(/\r$/, ''));
}
