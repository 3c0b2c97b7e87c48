import { basename } from 'node:path';
import { isRecord } from '../../base/json.ts';
import type { ModelId, VersionId } from '../../base/ids.ts';
import type { Transfer } from '../../catalog/transfer.ts';
import { modelPage } from '../../civitai/links.ts';
import type { Unwanted } from '../download/want.ts';
import { imagePage } from './model-meta.ts';

/** Something that is here: the older downloader's words for it. */
export interface LoggedSuccess {
  readonly id: number;
  readonly type: 'image' | 'lora' | 'model_meta';
  readonly path: string;
  readonly size: number;
}

/** Something that is not here, and why. */
export interface LoggedFailure {
  readonly id: number;
  readonly type: LoggedSuccess['type'];
  readonly reason: string;
  readonly info: Readonly<Record<string, unknown>>;
}

export interface DownloadLog {
  readonly success: readonly LoggedSuccess[];
  readonly failed: readonly LoggedFailure[];
}

/** The older downloader's word for a version of which the site names no file. */
const WITHOUT_FILES = 'safetensors_not_found_in_api';

/** A version that nothing can be fetched of. */
export function withoutFiles({ version, code, why, next }: Unwanted): LoggedFailure[] {
  if (version === undefined) return [];
  const page_url = version.modelId === undefined ? null : modelPage(version.modelId, version.id);
  return [{ id: version.id, type: 'lora', reason: WITHOUT_FILES, info: { page_url, code, why, next } }];
}

/** Those of a log that was written before, which no queue remembers. */
export function withoutFilesIn(log: unknown): LoggedFailure[] {
  const failed = isRecord(log) && Array.isArray(log['failed']) ? log['failed'] : [];
  return failed.filter((one): one is LoggedFailure => isRecord(one) && one['reason'] === WITHOUT_FILES);
}

/** What the log of a creator says: what is queued still is neither here nor lost. */
export function downloadLogOf(
  rows: readonly Transfer[],
  meta: readonly LoggedSuccess[],
  bare: readonly LoggedFailure[] = [],
): DownloadLog {
  const success = new Map<string, LoggedSuccess>(meta.map((one) => [keyOf(one), one]));
  const failed = new Map<string, LoggedFailure>();
  for (const row of rows.toSorted((a, b) => a.id - b.id)) {
    const entry = { id: idOf(row), type: row.kind === 'image' ? ('image' as const) : ('lora' as const) };
    const key = `${keyOf(entry)} ${row.kind === 'image' ? '' : row.subject}`;
    if (row.state === 'done') success.set(key, { ...entry, path: row.path, size: row.placed_size ?? 0 });
    else if (row.state !== 'queued') failed.set(key, { ...entry, reason: reasonOf(row), info: infoOf(row) });
  }
  const here = new Set([...success.values()].map(keyOf));
  const left = new Map(bare.filter((one) => !here.has(keyOf(one))).map((one) => [keyOf(one), one]));
  return { success: [...success.values()], failed: [...failed.values(), ...left.values()] };
}

function keyOf({ id, type }: Pick<LoggedSuccess, 'id' | 'type'>): string {
  return `${type} ${id}`;
}

/** Of a model file the version's, as the older downloader had it. */
function idOf(row: Transfer): number {
  return row.kind === 'image' ? Number(row.subject) : (row.version_id ?? Number(row.subject));
}

/** Our reasons in the older downloader's words. */
const REASONS: Readonly<Record<string, string>> = {
  'not-found': 'missing',
  'in-the-way': 'invalid_path',
  'outside-root': 'invalid_path',
  'hash-mismatch': 'corrupted',
  'length-mismatch': 'corrupted',
  'not-a-file': 'corrupted',
  timeout: 'timeout',
};

function reasonOf({ kind, state, reason }: Transfer): string {
  const code = reason ?? 'unknown';
  if (state === 'refused' && kind !== 'image') return `presigned_url_failed: ${code}`;
  return REASONS[code] ?? `unexpected_error: ${code}`;
}

/** The site's own address: the signed one behind it is asked for when it is used, and is written nowhere. */
function infoOf(row: Transfer): Record<string, unknown> {
  return {
    expected_file_path: row.path,
    expected_file_size: row.size,
    download_url: row.source,
    page_url: pageOf(row),
    why: row.why,
    next: row.next,
  };
}

function pageOf({ kind, subject, model_id: model, version_id: version }: Transfer): string | null {
  if (kind === 'image') return imagePage(subject);
  return model === null ? null : modelPage(model as ModelId, (version ?? undefined) as VersionId | undefined);
}

/** The same for people. */
export function downloadLogText(creator: string, { success, failed }: DownloadLog): string {
  const lines = [
    `What came of ${creator}`,
    `Page: https://civitai.com/user/${encodeURIComponent(creator)}/models`,
    `Here: ${success.length}`,
    `Not here: ${failed.length}`,
    '',
    ...failed.flatMap(({ type, id, reason, info }) => [
      `${type} ${id}: ${reason}`,
      ...(typeof info['expected_file_path'] === 'string'
        ? [`  file: ${basename(info['expected_file_path'])}`]
        : []),
      `  page: ${String(info['page_url'] ?? 'unknown')}`,
      ...(typeof info['download_url'] === 'string' ? [`  from: ${info['download_url']}`] : []),
      ...(typeof info['why'] === 'string' ? [`  why:  ${info['why']}`] : []),
    ]),
    ...(failed.length === 0 ? ['All succeeded.'] : []),
  ];
  return `${lines.join('\n')}\n`;
}
