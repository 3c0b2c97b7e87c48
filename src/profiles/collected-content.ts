import { isRecord } from '../base/json.ts';

/** A moment and how far the local clock is ahead of UTC: this layout writes local times without a zone. */
export interface LocalMoment {
  readonly epochMs: number;
  /** Minutes east of UTC; 0 writes UTC. */
  readonly offsetMinutes: number;
}

/** `<base>_metadata.json`: the header's `__metadata__`, or the whole header when it has none. */
export function metadataJson(header: unknown): string {
  const metadata = isRecord(header) ? header['__metadata__'] : undefined;
  return JSON.stringify(isRecord(metadata) ? metadata : header, undefined, 4);
}

/** `<base>_hash.json`. `sha256`: 64 hex digits; `at`: when the file was hashed. */
export function hashJson(fact: { sha256: string; fileName: string; at: LocalMoment }): string {
  const value = {
    hash_type: 'SHA256',
    hash_value: fact.sha256.toLowerCase(),
    filename: fact.fileName,
    timestamp: isoText(fact.at),
  };
  return JSON.stringify(value, undefined, 4);
}

/** What stands in `_civitai_model_version.json` of a file the site never knew. Never written over an answer. */
export function unknownJson(fact: { message: string; status: number; at: LocalMoment }): string {
  return JSON.stringify(
    { error: fact.message, status_code: fact.status, timestamp: isoText(fact.at) },
    undefined,
    4,
  );
}

/** A file that the site does not know. */
export interface MissingFile {
  readonly at: LocalMoment;
  readonly status: number;
  /** A name, or a path where two files share a name. */
  readonly fileName: string;
}

/** `missing_from_civitai.txt`, newest first; `undefined` when nothing is missing and the file should not be there. */
export function missingList(files: readonly MissingFile[]): string | undefined {
  if (files.length === 0) return undefined;
  const sorted = [...files].sort(
    (a, b) => b.at.epochMs - a.at.epochMs || (a.fileName < b.fileName ? -1 : a.fileName > b.fileName ? 1 : 0),
  );
  return [
    '# Files not found on Civitai',
    '# Format: Timestamp | Status Code | Filename',
    '# This file is automatically updated when the script runs',
    '# A file is removed from this list when it becomes available again',
    '',
    ...sorted.map((file) => `${lineTime(file.at)} | Status ${file.status} | ${oneLine(file.fileName)}`),
    '',
  ].join('\n');
}

/** Files of the same bytes: the one kept and the others, as paths. */
export interface DuplicateFiles {
  readonly hash: string;
  readonly kept: string;
  readonly removed: readonly string[];
}

/** `duplicate_models.txt`; `undefined` when there are none and the file should not be there. */
export function duplicateList(groups: readonly DuplicateFiles[]): string | undefined {
  if (groups.length === 0) return undefined;
  const lines = [
    '# Duplicate models found in input directory',
    '# Format: Hash | Kept Model | Removed Duplicates',
    '# This file is automatically updated when running --clean',
    '',
  ];
  for (const group of groups) {
    lines.push(`Hash: ${group.hash}`, `Kept: ${oneLine(group.kept)}`, 'Removed:');
    lines.push(...group.removed.map((path) => `  - ${oneLine(path)}`), '');
  }
  return lines.join('\n');
}

/** `processed_files.json`: paths as given, each with the time it was last processed; `others`: paths without one. */
export function processedJson(fact: {
  processed: ReadonlyMap<string, LocalMoment>;
  others?: readonly string[];
  lastUpdate: LocalMoment;
}): string {
  const paths = [...fact.processed.keys(), ...(fact.others ?? [])].sort();
  const times = Object.fromEntries(
    [...fact.processed].map(([path, at]) => [path, isoText(at)] as const).sort(byPath),
  );
  const value = { files: paths, last_update: isoText(fact.lastUpdate), processed: times };
  return JSON.stringify(value, undefined, 4);
}

function byPath(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : 1;
}

/** `2025-01-31T12:00:00.123000`: six fraction digits, no zone. */
function isoText(at: LocalMoment): string {
  return `${shifted(at).slice(0, 23)}000`;
}

/** `2025-01-31 12:00:00` */
function lineTime(at: LocalMoment): string {
  return shifted(at).slice(0, 19).replace('T', ' ');
}

function shifted(at: LocalMoment): string {
  return new Date(at.epochMs + at.offsetMinutes * 60_000).toISOString();
}

/** A name with a line break in it must not make a line of its own. */
function oneLine(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what must go
  return name.replace(/[\u0000-\u001F\u007F\u0085\u2028\u2029]/g, '\uFFFD');
}
