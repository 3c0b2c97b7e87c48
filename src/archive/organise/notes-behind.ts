import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Kysely } from 'kysely';
import { isSystemError } from '../../base/errors.ts';
import { isOurs, outputsOf } from '../../catalog/output.ts';
import type { Tables } from '../../catalog/schema.ts';
import { parseLooseJson } from '../../formats/generation-json.ts';
import type { SidecarFormat } from '../../formats/sidecars/facts.ts';
import { readSidecar } from '../../formats/sidecars/read-sidecar.ts';
import { onDisk, shownPath } from '../../library/disk-path.ts';
import type { PlannedGroup } from './plan.ts';

const PROGRAMS: Partial<Readonly<Record<SidecarFormat, string>>> = {
  a1111: 'A1111',
  'civitai-info': 'Civitai Helper',
  'lora-manager': 'LoRA Manager',
  'stability-matrix': 'Stability Matrix',
  swarmui: 'SwarmUI',
};
const OTHERS = 'other programs';
const NOTE = /\.(?:json|info)$/i;
/** The largest note seen has 700 kB. */
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * Which notes of the user's travelled with their model file and name a place that a file of these groups has left: how
 * many, by the program they are of. Our own are left out, for those are written anew.
 */
export async function notesBehind(
  db: Kysely<Tables>,
  groups: readonly PlannedGroup[],
): Promise<Map<string, number>> {
  const notes = groups.flatMap((group) => notesOf(group));
  if (notes.length === 0) return new Map();
  const left = new Set(
    groups.flatMap(({ file, companions }) =>
      [file.path, ...companions.map(({ from }) => from)].filter(isGone).map(shownPath),
    ),
  );
  const rows = new Map((await outputsOf(db, { paths: notes })).map((row) => [row.path, row]));
  const found = new Map<string, number>();
  for (const path of notes) {
    const bytes = readNote(path);
    const row = rows.get(path);
    if (bytes === undefined || (row !== undefined && isOurs(row, sha256Hex(bytes)))) continue;
    const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
    if (!namesOne(parseLooseJson(text), left)) continue;
    const format = readSidecar(basename(shownPath(path)), text)?.format;
    const program = (format === undefined ? undefined : PROGRAMS[format]) ?? OTHERS;
    found.set(program, (found.get(program) ?? 0) + 1);
  }
  return found;
}

/** Those that may name a place; the answers that we write name none, and there is one beside every file. */
function notesOf({ file, companions }: PlannedGroup): string[] {
  const ours = new Set(file.companions.flatMap(({ name, remade }) => (remade ? [name] : [])));
  return companions.flatMap(({ from, to }) =>
    NOTE.test(to) && !ours.has(basename(shownPath(from))) ? [to] : [],
  );
}

function isGone(path: string): boolean {
  return lstatSync(onDisk(path), { throwIfNoEntry: false }) === undefined;
}

function readNote(path: string): Buffer | undefined {
  try {
    const stats = lstatSync(onDisk(path));
    return stats.isFile() && stats.size <= MOST_BYTES ? readFileSync(onDisk(path)) : undefined;
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

/** Whether a text somewhere in a value is one of the paths; programs on Windows write either slash. */
function namesOne(value: unknown, paths: ReadonlySet<string>): boolean {
  const open = [value];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (typeof at === 'string' && paths.has(at.replaceAll('\\', '/'))) return true;
    if (typeof at === 'object' && at !== null)
      for (const inner of Object.values(at)) if (inner !== null && inner !== undefined) open.push(inner);
  }
  return false;
}

function sha256Hex(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
