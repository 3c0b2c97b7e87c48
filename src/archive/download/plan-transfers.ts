import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { isSystemError } from '../../base/errors.ts';
import type { Sha256 } from '../../base/ids.ts';
import type { Catalog } from '../../catalog/open.ts';
import { transfersOf } from '../../catalog/transfer.ts';
import type { Transfer } from '../../catalog/transfer.ts';
import { groupBy } from '../../catalog/upsert.ts';
import { reachedAt } from '../../library/file-identity.ts';
import { partPath } from '../../library/part-file.ts';
import { sha256Of } from '../../library/sha256-of.ts';
import { foldName } from '../../profiles/file-name.ts';
import { isInside } from '../targets.ts';
import { heldBytes } from './held-bytes.ts';
import { kindOf } from './kinds.ts';
import { freeName } from './name-files.ts';
import type { Want } from './want.ts';

/** What is to be done about one want. */
export interface PlannedWant {
  readonly want: Want;
  /**
   * `held`: its bytes lie in the output already, at `path`; `share`: they lie elsewhere on this machine; `fetch`: they
   * are to be fetched; `leave`: they were refused not long ago, as `row` says.
   */
  readonly step: 'held' | 'share' | 'fetch' | 'leave';
  /** Absolute. */
  readonly path: string;
  /** What is on record of it. */
  readonly row: Transfer | undefined;
  /** Bytes of a part that is here already. */
  readonly kept: number;
}

export interface PlanOptions {
  readonly catalog: Pick<Catalog, 'db'>;
  readonly hostId: string;
  /** Epoch ms. */
  readonly now: number;
  readonly hasKey: boolean;
  /** Ask again whatever was refused. */
  readonly retries: boolean;
  readonly signal: AbortSignal;
}

/** A refusal is believed for so long; a date that the site named, as long as that. */
const BELIEVED_MS = 24 * 3_600_000;

/**
 * Decides for each want whether its bytes are here, and where it goes: a want that was planned before keeps its place,
 * a new one gets a name that nothing in its folder has. Nothing is written. Whoever acts on it is alone in the output.
 */
export async function planTransfers(wants: readonly Want[], options: PlanOptions): Promise<PlannedWant[]> {
  const { catalog, hostId } = options;
  const rows: Transfer[] = [];
  for (const output of new Set(wants.map((want) => want.output)))
    rows.push(...(await transfersOf(catalog.db, hostId, { output })));
  const known = new Map(rows.map((row) => [keyOf(row), row]));
  const hashes = wants.flatMap(({ sha256 }) => sha256 ?? []);
  const held = await heldBytes(catalog, hostId, hashes);
  const elsewhere = await placedElsewhere(wants, options);
  const taken = takenNames(rows);
  const planned: PlannedWant[] = [];
  for (const asked of wants) {
    const other = elsewhere.get(kindAndSubject(asked));
    const want = other === undefined || isInside(asked.output, other.path) ? asked : asPlaced(asked, other);
    const row = known.get(keyOf(want));
    const copies = (want.sha256 === undefined ? undefined : held.get(want.sha256)) ?? [];
    const here =
      copies.find(({ path }) => isInside(want.output, path))?.path ??
      standsAsPlaced(row) ??
      insideOf(want, other);
    const lying = here ?? (row === undefined ? await sameFileAt(want, options.signal) : undefined);
    if (lying !== undefined) {
      planned.push({ want, step: 'held', path: lying, row, kept: 0 });
      continue;
    }
    const path = row?.path ?? join(want.folder, nameFor(want, taken));
    const step = isBelieved(row, options) ? 'leave' : copies.length > 0 || want !== asked ? 'share' : 'fetch';
    planned.push({ want, step, path, row, kept: step === 'fetch' ? sizeAt(partPath(path)) : 0 });
  }
  return planned;
}

function keyOf({ kind, subject, output }: Pick<Want, 'kind' | 'subject' | 'output'>): string {
  return JSON.stringify([kind, subject, output]);
}

/** Names of pictures are settled when their bytes are there; who wants one by its number means that one. */
function nameFor(want: Want, taken: (folder: string) => Set<string>): string {
  if (kindOf(want.kind).trueName !== undefined) return want.name;
  return freeName(want.name, want.tellApart, taken(want.folder));
}

/** Things of which nobody promises a hash, as they lie in whichever output: brought before, or imported. */
async function placedElsewhere(
  wants: readonly Want[],
  { catalog, hostId }: PlanOptions,
): Promise<Map<string, Transfer>> {
  const open = wants.filter(({ sha256 }) => sha256 === undefined);
  const subjects = new Set(open.map(({ subject }) => subject));
  if (subjects.size === 0) return new Map();
  const kinds = new Set(open.map(({ kind }) => kind));
  const rows = await transfersOf(catalog.db, hostId, { states: ['done'], subjects });
  const standing = rows.filter((row) => kinds.has(row.kind) && standsAsPlaced(row) !== undefined);
  return new Map(standing.map((row) => [kindAndSubject(row), row]));
}

function kindAndSubject({ kind, subject }: Pick<Want, 'kind' | 'subject'>): string {
  return `${kind} ${subject}`;
}

/** The want by the bytes that are there, under their true ending. */
function asPlaced(want: Want, { path, placed_sha256: sha256, placed_size: size }: Transfer): Want {
  const name = `${want.name.slice(0, want.name.length - extname(want.name).length)}${extname(path)}`;
  return { ...want, name, sha256: (sha256 ?? undefined) as Sha256 | undefined, size: size ?? undefined };
}

function insideOf({ output }: Want, other: Transfer | undefined): string | undefined {
  return other !== undefined && isInside(output, other.path) ? other.path : undefined;
}

/** A file that was placed and lies there as it was placed. */
function standsAsPlaced(row: Transfer | undefined): string | undefined {
  if (row?.state !== 'done') return undefined;
  const now = reachedAt(row.path);
  return now?.size === row.placed_size && now.mtimeNs === row.placed_mtime_ns ? row.path : undefined;
}

/** A file that somebody else put where ours would go, with the very bytes. */
async function sameFileAt(want: Want, signal: AbortSignal): Promise<string | undefined> {
  const path = join(want.folder, want.name);
  const there = reachedAt(path);
  if (there?.kind !== 'file' || want.sha256 === undefined) return undefined;
  if (want.size !== undefined && Math.abs(there.size - want.size) > 1) return undefined;
  return (await sha256Of(path, signal)) === want.sha256 ? path : undefined;
}

/** The names that can't be given any more, folder by folder: of what lies there, and of what others will bring. */
function takenNames(rows: readonly Transfer[]): (folder: string) => Set<string> {
  const byFolder = new Map<string, Set<string>>();
  // Once for all: a creator may have ten thousand posts, each with a folder.
  const promisedIn = groupBy(rows, (row) => dirname(row.path));
  return (folder) => {
    const known = byFolder.get(folder);
    if (known !== undefined) return known;
    const promised = (promisedIn.get(folder) ?? []).map((row) => basename(row.path));
    const names = new Set([...namesIn(folder), ...promised].map(foldName));
    byFolder.set(folder, names);
    return names;
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  }
}

function sizeAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** True for a refusal that another question would only repeat. */
function isBelieved(row: Transfer | undefined, { now, hasKey, retries }: PlanOptions): boolean {
  if (row?.state !== 'refused' || retries) return false;
  // What a key may open is asked for again as soon as there is one.
  if (row.reason === 'key-needed' && hasKey) return false;
  if (row.retry_at !== null && !hasKey) return now < row.retry_at;
  return now - row.updated_at < BELIEVED_MS;
}
