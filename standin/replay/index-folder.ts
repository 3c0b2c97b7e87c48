import { isRecord } from '../../src/base/json.ts';
import { parseDate } from '../../src/base/dates.ts';
import { chunkBuffer, filesBelow, findSpans } from './find-spans.ts';
import type { Finding } from './find-spans.ts';
import type { Span } from './span.ts';

/** What is known of a recorded model without reading it again. */
export interface RecordedModel {
  readonly id: number;
  /** Every recording of it, the fullest first. */
  spans: { readonly span: Span; readonly versions: number }[];
  type: string;
  /** Lower case; '' when there is none. */
  creator: string;
  archived: boolean;
  minor: boolean;
  poi: boolean;
  /** Bits as today; guessed from `nsfw` for recordings that have none. */
  level: number;
}

/** What is known of a recorded version. */
interface RecordedVersion {
  readonly id: number;
  modelId: number | undefined;
  /** Epoch ms; Infinity when not told. */
  publishedAt: number;
  /** Recordings of the version by itself, the longest first. */
  spans: Span[];
}

/** Where everything in a folder of recorded answers lies. Ascending ids in both maps. */
export interface Recorded {
  readonly models: ReadonlyMap<number, RecordedModel>;
  readonly versions: ReadonlyMap<number, RecordedVersion>;
  /** Versions of a SHA-256; hashes in upper case. */
  readonly sha256: ReadonlyMap<string, readonly number[]>;
  /** Versions of a hash of the five other types. */
  readonly otherHashes: ReadonlyMap<string, readonly number[]>;
  /** Files looked at, of any kind. */
  readonly files: number;
  /** Things that looked like answers and could not be read. */
  readonly broken: readonly string[];
}

interface Building {
  models: Map<number, RecordedModel>;
  versions: Map<number, RecordedVersion>;
  sha256: Map<string, number[]>;
  otherHashes: Map<string, number[]>;
  broken: string[];
}

/** Reads every file of a folder once and keeps places, ids and hashes. Throws when the folder can't be read. */
export async function indexFolder(folder: string): Promise<Recorded> {
  const files = await filesBelow(folder);
  const building: Building = {
    models: new Map(),
    versions: new Map(),
    sha256: new Map(),
    otherHashes: new Map(),
    broken: [],
  };
  const chunk = chunkBuffer();
  for (const file of files) {
    for (const finding of findSpans(file, chunk)) addFinding(building, finding);
  }
  for (const model of building.models.values()) {
    model.spans.sort((a, b) => b.versions - a.versions || b.span.length - a.span.length);
  }
  for (const version of building.versions.values()) version.spans.sort((a, b) => b.length - a.length);
  return {
    ...building,
    models: ascending(building.models),
    versions: ascending(building.versions),
    files: files.length,
  };
}

function ascending<T>(map: Map<number, T>): Map<number, T> {
  return new Map([...map].sort(([a], [b]) => a - b));
}

function addFinding(building: Building, { kind, span, bytes }: Finding): void {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    building.broken.push(`${span.file} at byte ${span.start}`);
    return;
  }
  if (!isRecord(value) || !isId(value['id'])) {
    building.broken.push(`${span.file} at byte ${span.start}: no id`);
    return;
  }
  if (kind === 'model') addModel(building, value['id'], value, span);
  else addVersion(building, value['id'], value, numberOf(value['modelId'])).spans.push(span);
}

function addModel(building: Building, id: number, value: Record<string, unknown>, span: Span): void {
  const versions = listOf(value['modelVersions']).filter((one) => isId(one['id']));
  const known = building.models.get(id);
  const model: RecordedModel = known ?? {
    id,
    spans: [],
    type: '',
    creator: '',
    archived: false,
    minor: false,
    poi: false,
    level: 0,
  };
  building.models.set(id, model);
  model.spans.push({ span, versions: versions.length });
  model.type = textOf(value['type']) || model.type;
  model.creator = textOf(recordOf(value['creator'])['username']).toLowerCase() || model.creator;
  model.archived = value['mode'] === 'Archived';
  model.minor = value['minor'] === true;
  model.poi = value['poi'] === true;
  model.level = numberOf(value['nsfwLevel']) ?? (value['nsfw'] === true ? 60 : 1);
  for (const version of versions) {
    if (isId(version['id'])) addVersion(building, version['id'], version, id);
  }
}

function addVersion(
  building: Building,
  id: number,
  value: Record<string, unknown>,
  modelId: number | undefined,
): RecordedVersion {
  const known = building.versions.get(id);
  const version: RecordedVersion = known ?? { id, modelId: undefined, publishedAt: Infinity, spans: [] };
  building.versions.set(id, version);
  version.modelId ??= modelId;
  const publishedAt = parseDate(value['publishedAt']) ?? parseDate(value['createdAt']) ?? Infinity;
  version.publishedAt = Math.min(version.publishedAt, publishedAt);
  for (const file of listOf(value['files'])) {
    for (const [type, hash] of Object.entries(recordOf(file['hashes']))) addHash(building, type, hash, id);
  }
  return version;
}

function addHash(building: Building, type: string, hash: unknown, versionId: number): void {
  if (typeof hash !== 'string' || !/^[0-9A-Fa-f]{8,64}$/.test(hash)) return;
  const map = type.toUpperCase() === 'SHA256' ? building.sha256 : building.otherHashes;
  const key = hash.toUpperCase();
  const ids = map.get(key);
  if (ids === undefined) map.set(key, [versionId]);
  else if (!ids.includes(versionId)) ids.push(versionId);
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
