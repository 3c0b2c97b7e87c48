import { lstat, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { parseSha256 } from '../../base/ids.ts';
import { isRecord, parseJson } from '../../base/json.ts';
import { readModel } from '../../civitai/shapes/model.ts';
import { readVersion } from '../../civitai/shapes/version.ts';
import { sliceWhole } from '../../civitai/slice.ts';
import { readVersionAnswer } from '../../formats/sidecars/civitai-answer.ts';
import { baseName, keyOf, refused } from './record.ts';
import type { FoundRecord } from './record.ts';

/** Larger ones are no records. */
export const MOST_RECORD_BYTES = 32 * 1024 * 1024;

/** Endings of Civitai Data Manager's records; CivitScraper's are `<stem>.json`. */
const ENDINGS = {
  version: '_civitai_model_version.json',
  model: '_civitai_model.json',
  hash: '_hash.json',
  header: '_metadata.json',
} as const;

/** Other programs' and our own `X.json` that are no records of the site's answers. */
const OTHERS =
  /(?:_preview_\d+|\.preview\d*|\.metadata|\.cm-info|\.swarm|\.api_info|\.about)\.json$|^(?:processed_files|config)\.json$/i;

/** Reads a `.json` file as a record; `undefined` when it is none, `refused` when it should be one and is damaged. */
export async function readRecord(path: string): Promise<FoundRecord | undefined> {
  const name = basename(path);
  const own = Object.entries(ENDINGS).find(([, ending]) => name.endsWith(ending)) as
    [keyof typeof ENDINGS, string] | undefined;
  if (own === undefined && OTHERS.test(name)) return undefined;
  const stats = await lstat(path);
  const at = Math.floor(stats.mtimeMs);
  try {
    if (stats.size > MOST_RECORD_BYTES)
      return own === undefined ? undefined : refused(path, at, 'is too large for an answer of the site');
    const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
    const value = parseJson(text);
    if (!isRecord(value)) return own === undefined ? undefined : refused(path, at, 'holds no answer');
    if (own === undefined)
      return Object.hasOwn(value, 'error') ? undefined : versionRecord(path, at, value, text, undefined);
    return readOwn(path, at, value, text, own);
  } catch (error) {
    return own === undefined ? undefined : refused(path, at, `can not be read: ${messageOf(error)}`);
  }
}

function readOwn(
  path: string,
  at: number,
  value: Record<string, unknown>,
  text: string,
  [kind, ending]: readonly [keyof typeof ENDINGS, string],
): FoundRecord {
  if (kind === 'hash') return hashRecord(path, at, value);
  if (kind === 'header')
    return { path, at, kind, key: keyOf(path, ending), metadata: JSON.stringify(metadataOf(value)) };
  if (Object.hasOwn(value, 'error')) return errorRecord(path, at, value, kind);
  return kind === 'model'
    ? modelRecord(path, at, value, text)
    : (versionRecord(path, at, value, text, kind) ?? refused(path, at, 'holds no version of a model'));
}

/** Of a header without `__metadata__` the whole was kept: what describes tensors is no metadata. */
function metadataOf(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => typeof one === 'string'));
}

function hashRecord(path: string, at: number, value: Record<string, unknown>): FoundRecord {
  const sha256 = parseSha256(value['hash_value']);
  if (sha256 === undefined) return refused(path, at, 'holds no SHA-256');
  const { filename, timestamp } = value;
  const name = typeof filename === 'string' && filename !== '' ? baseName(filename) : undefined;
  // Local time without a zone: whichever of the two is earlier holds.
  const noted = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  const hashedAt = Number.isNaN(noted) ? at : Math.min(at, noted);
  return { path, at: hashedAt, kind: 'hash', sha256, name, key: keyOf(path, ENDINGS.hash) };
}

/** What a failed question left in place of an answer: only a 404 says something of the file. */
function errorRecord(
  path: string,
  at: number,
  value: Record<string, unknown>,
  kind: 'version' | 'model',
): FoundRecord {
  if (value['status_code'] === 404 && kind === 'version')
    return { path, at, kind: 'absent', key: keyOf(path, ENDINGS[kind]) };
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
  if (facts?.versionId === undefined || version?.modelId === undefined) return undefined;
  const sha256 = parseSha256(facts.hashes['SHA256']);
  // Two programs may have kept something of one model in one folder.
  const key = kind === undefined ? path : keyOf(path, ENDINGS.version);
  return { path, at, kind: 'version', key, item: { value: version, raw: sliceWhole(text) }, sha256 };
}
