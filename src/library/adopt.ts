import { parseSha256, type Sha256 } from '../base/ids.ts';
import { isRecord, parseJson } from '../base/json.ts';
import { isHashOfNothing } from '../formats/hashes.ts';
import type { WalkedFile } from './walked.ts';

/** A SHA-256 that another program noted, with what it noted of the file at that time. */
export interface NotedHash {
  /** Whose note it is, as a file row's `hash_origin` names it. */
  readonly origin: 'lora-manager' | 'a1111-cache' | 'data-manager';
  readonly sha256: Sha256;
  /** The model file's base name; without extension when `nameIsStem`. */
  readonly name: string;
  readonly nameIsStem: boolean;
  /** Bytes; `undefined` when the note has none. */
  readonly size: number | undefined;
  /** Modification time, epoch seconds with a fraction: a double, so exact to about a microsecond. */
  readonly modified: number;
}

const MAX_TEXT = 64 * 1024 * 1024;
const MAX_NOTES = 200_000;

/** The name of the note that ComfyUI LoRA Manager keeps beside `<stem>.<ext>`. */
export function loraManagerName(stem: string): string {
  return `${stem}.metadata.json`;
}

/** Reads ComfyUI LoRA Manager's note; `undefined` when it holds no hash with a size and a time. */
export function readLoraManagerHash(text: string): NotedHash | undefined {
  const note = parsed(text);
  if (note === undefined || (note['hash_status'] ?? 'completed') !== 'completed') return undefined;
  const { file_name: name, size, modified } = note;
  const sha256 = soundHash(note['sha256']);
  if (sha256 === undefined || typeof name !== 'string' || !isAmount(size) || !isAmount(modified))
    return undefined;
  return { origin: 'lora-manager', sha256, name, nameIsStem: true, size, modified };
}

/**
 * Reads the hashes in A1111's `cache.json`. Its table `hashes-addnet` is left alone: those leave the header out and are
 * no SHA-256 of the file.
 */
export function readA1111Hashes(text: string): NotedHash[] {
  const table = parsed(text)?.['hashes'];
  if (!isRecord(table)) return [];
  const notes: NotedHash[] = [];
  for (const [key, entry] of Object.entries(table)) {
    if (notes.length >= MAX_NOTES || !isRecord(entry)) continue;
    const sha256 = soundHash(entry['sha256']);
    const modified = entry['mtime'];
    if (sha256 === undefined || !isAmount(modified)) continue;
    const name = key.split(/[/\\]/).at(-1) ?? '';
    notes.push({ origin: 'a1111-cache', sha256, name, nameIsStem: false, size: undefined, modified });
  }
  return notes;
}

/**
 * The note that size and time prove to be of this very file, the first of them. A note without a size proves itself
 * only by a time with a fraction of a second: two files of one name share that by no accident.
 */
export function provenHash(file: WalkedFile, notes: readonly NotedHash[]): NotedHash | undefined {
  return notes.find((note) => isProven(file, note));
}

/** A hash that was noted with the moment at which the file was read, not with the file's own time. */
export interface HashAsOf {
  readonly sha256: string;
  /** The model file's base name. */
  readonly name: string;
  readonly size: number | null;
  /** Where the file lay: absolute, or as it was given; null when nobody says it. */
  readonly path: string | null;
  /** Epoch ms. */
  readonly noted_at: number;
}

/**
 * The note of that kind that must be of this very file (at `path`, absolute): same place, same size, nothing of it changed
 * since, not even its name, and no other note of that name. `undefined` when there is any doubt.
 */
export function provenAsOf(
  file: WalkedFile,
  path: string,
  notes: readonly HashAsOf[],
): NotedHash | undefined {
  const own = notes.filter((note) => note.name === file.name);
  const [note] = own;
  if (note === undefined || own.some((one) => one.sha256 !== note.sha256)) return undefined;
  const sha256 = soundHash(note.sha256);
  // Of two files of one name only the last was noted: without its place nobody knows which.
  const isThere = note.path !== null && (path === note.path || path.endsWith(`/${note.path}`));
  // Whoever puts another file there can set its modification time, but not the time of that change.
  const changed = Math.max(Number(BigInt(file.mtimeNs)), Number(BigInt(file.ctimeNs))) / 1e6;
  if (sha256 === undefined || note.size !== file.size || !isThere || changed > note.noted_at)
    return undefined;
  return { origin: 'data-manager', sha256, name: file.name, nameIsStem: false, size: file.size, modified: changed / 1000 }; // prettier-ignore
}

function isProven(file: WalkedFile, note: NotedHash): boolean {
  if (note.name !== (note.nameIsStem ? file.stem : file.name)) return false;
  if (note.size === undefined ? Number.isInteger(note.modified) : note.size !== file.size) return false;
  // A double of today's seconds is exact to 2^-22 s: no more can be asked of the note.
  return Math.abs(Number(BigInt(file.mtimeNs) / 1000n) - note.modified * 1e6) <= 1;
}

function parsed(text: string): Record<string, unknown> | undefined {
  if (text.length > MAX_TEXT) return undefined;
  try {
    const value: unknown = parseJson(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function soundHash(value: unknown): Sha256 | undefined {
  const sha256 = parseSha256(value);
  return sha256 === undefined || isHashOfNothing(sha256) ? undefined : sha256;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
