import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { isRecord, parseJson } from '../base/json.ts';
import { parseSha256 } from '../base/ids.ts';
import type { Sha256 } from '../base/ids.ts';
import { readModel } from '../civitai/shapes/model.ts';
import type { Item, Model, Version } from '../civitai/shapes/types.ts';
import { readVersion } from '../civitai/shapes/version.ts';
import { sliceWhole } from '../civitai/slice.ts';
import { readVersionAnswer } from '../formats/sidecars/civitai-answer.ts';

/** A record that another program kept, as far as it could be read. `at`: when the site said so, epoch ms. */
export type FoundRecord = { readonly path: string; readonly at: number } & (
  | { readonly kind: 'version'; readonly item: Item<Version>; readonly sha256: Sha256 | undefined }
  | { readonly kind: 'model'; readonly item: Item<Model> }
  | { readonly kind: 'hash'; readonly sha256: Sha256; readonly key: string }
  | { readonly kind: 'absent'; readonly key: string }
  | { readonly kind: 'refused'; readonly code: string; readonly why: string }
);

const MOST_BYTES = 32 * 1024 * 1024;
const DEEPEST = 40;

/** Endings of Civitai Data Manager's records; CivitScraper's are `<stem>.json`. */
const RECORDS = {
  version: '_civitai_model_version.json',
  model: '_civitai_model.json',
  hash: '_hash.json',
} as const;
/** Other programs' and our own `X.json` that are no records of the site's answers. */
const OTHERS =
  /(?:_metadata|_preview_\d+|\.metadata|\.cm-info|\.swarm|\.api_info|\.about)\.json$|^processed_files\.json$/i;

/** The records in a folder and below it, or one file; by path. Links are not followed, model files not opened. */
export async function findRecords(path: string, signal: AbortSignal): Promise<FoundRecord[]> {
  const files: string[] = [];
  await gather(path, 0, files, signal);
  const found: FoundRecord[] = [];
  for (const file of files.toSorted()) {
    signal.throwIfAborted();
    const record = await readRecord(file);
    if (record !== undefined) found.push(record);
  }
  return found;
}

async function gather(path: string, depth: number, files: string[], signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const stats = await lstat(path);
  if (stats.isFile() && path.toLowerCase().endsWith('.json')) files.push(path);
  if (!stats.isDirectory() || depth > DEEPEST) return;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) await gather(inner, depth + 1, files, signal);
    else if (entry.isFile() && entry.name.toLowerCase().endsWith('.json')) files.push(inner);
  }
}

/** What tells which records are of one model: the folder and the name before the ending. */
function keyOf(path: string, ending: string): string {
  return join(dirname(path), basename(path).slice(0, -ending.length));
}

async function readRecord(path: string): Promise<FoundRecord | undefined> {
  const name = basename(path);
  const own = Object.entries(RECORDS).find(([, ending]) => name.endsWith(ending));
  if (own === undefined && OTHERS.test(name)) return undefined;
  const at = Math.floor((await lstat(path)).mtimeMs);
  try {
    const stats = await lstat(path);
    if (stats.size > MOST_BYTES)
      return own === undefined ? undefined : refused(path, at, 'is too large for an answer of the site');
    const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
    const value = parseJson(text);
    if (!isRecord(value)) return own === undefined ? undefined : refused(path, at, 'holds no answer');
    const kind = own?.[0] as keyof typeof RECORDS | undefined;
    if (kind === 'hash') return hashRecord(path, at, value);
    if (Object.hasOwn(value, 'error'))
      return own === undefined ? undefined : errorRecord(path, at, value, own[1]);
    return kind === 'model' ? modelRecord(path, at, value, text) : versionRecord(path, at, value, text, kind);
  } catch (error) {
    return own === undefined ? undefined : refused(path, at, `can not be read: ${messageOf(error)}`);
  }
}

function refused(path: string, at: number, why: string): FoundRecord {
  return { path, at, kind: 'refused', code: 'damaged-record', why: `It ${why}.` };
}

function hashRecord(path: string, at: number, value: Record<string, unknown>): FoundRecord {
  const sha256 = parseSha256(value['hash_value']);
  if (sha256 === undefined) return refused(path, at, 'holds no SHA-256');
  return { path, at, kind: 'hash', sha256, key: keyOf(path, RECORDS.hash) };
}

/** What a failed question left in place of an answer: only a 404 says something of the file. */
function errorRecord(path: string, at: number, value: Record<string, unknown>, ending: string): FoundRecord {
  if (value['status_code'] === 404 && ending === RECORDS.version)
    return { path, at, kind: 'absent', key: keyOf(path, ending) };
  return refused(path, at, 'holds an error that was kept in place of an answer');
}

function modelRecord(path: string, at: number, value: unknown, text: string): FoundRecord {
  const model = readModel(value, () => undefined);
  if (model === undefined) return refused(path, at, 'holds no model');
  return { path, at, kind: 'model', item: { value: model, raw: sliceWhole(text) } };
}

function versionRecord(
  path: string,
  at: number,
  value: Record<string, unknown>,
  text: string,
  kind: 'version' | undefined,
): FoundRecord | undefined {
  // Anything may be called X.json: what is no version's answer is none of ours.
  const facts = readVersionAnswer(value, kind === undefined ? 'civitscraper' : 'data-manager-version');
  const version = readVersion(value, () => undefined);
  if (facts?.versionId === undefined || version?.modelId === undefined)
    return kind === undefined ? undefined : refused(path, at, 'holds no version of a model');
  const sha256 = parseSha256(facts.hashes['SHA256']);
  return { path, at, kind: 'version', item: { value: version, raw: sliceWhole(text) }, sha256 };
}

/** The key that the version record of a model shares with its hash record. */
export function versionKey(path: string): string {
  return path.endsWith(RECORDS.version) ? keyOf(path, RECORDS.version) : path;
}

/** Refuses what says nothing alone: a hash without an answer, and a "not found" without the hash it is about. */
export function withoutLoose(records: readonly FoundRecord[]): FoundRecord[] {
  const hashed = new Set(records.flatMap((one) => (one.kind === 'hash' ? [one.key] : [])));
  const answered = new Set(
    records.flatMap((one) =>
      one.kind === 'version' ? [versionKey(one.path)] : one.kind === 'absent' ? [one.key] : [],
    ),
  );
  return records.map((one) => {
    if (one.kind === 'hash' && !answered.has(one.key))
      return refused(one.path, one.at, 'has no answer of the site beside it');
    if (one.kind === 'absent' && !hashed.has(one.key))
      return refused(one.path, one.at, 'says "not found" of a file whose hash is not noted');
    return one;
  });
}
