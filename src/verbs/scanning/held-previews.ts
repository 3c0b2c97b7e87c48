import { readdirSync } from 'node:fs';
import { dirname, basename } from 'node:path';
import { isSystemError } from '../../base/errors.ts';
import type { StockFile } from '../../archive/take-stock.ts';
import type { OutputRow } from '../../catalog/output.ts';
import type { Walk } from '../../library/walked.ts';
import type { Naming } from './naming.ts';

/** What the previews on disk say: slots by file, a copy of each image, the user's own pictures. */
export interface HeldPreviews {
  /** Slot to image id; `undefined` for a picture of the user's. */
  readonly slots: ReadonlyMap<number, Map<number, number | undefined>>;
  /** Absolute path of a copy of an image. */
  readonly copies: ReadonlyMap<number, string>;
}

/**
 * Reads previews off the walk and the catalog, without touching the disk: a recorded preview counts while its name is
 * still there, and any other name of that form, be it the user's own or of a file called so before, keeps its slot.
 */
export function heldPreviews(
  files: readonly StockFile[],
  outputs: readonly OutputRow[],
  exists: (path: string) => boolean,
  namesOf: (file: StockFile) => Iterable<string>,
  naming: Naming,
): HeldPreviews {
  const slots = new Map<number, Map<number, number | undefined>>();
  const copies = new Map<number, string>();
  /** What of ours is there, and the image it shows. */
  const ours = new Map<string, number | undefined>();
  const byId = new Map(files.map((file) => [Number(file.fileId), file]));
  for (const row of outputs) {
    if (!isShown(row) || row.done_sha256 === null || !exists(row.path)) continue;
    ours.set(row.path, row.image_id ?? undefined);
    if (row.image_id !== null) copies.set(row.image_id, row.path);
    const file = row.file_id === null ? undefined : byId.get(row.file_id);
    if (file === undefined) continue;
    const { folder } = naming.preview(file, 1);
    const slot = dirname(row.path) === folder ? naming.slotOf(file, basename(row.path)) : undefined;
    if (slot !== undefined) slotMap(slots, file.fileId).set(slot, row.image_id ?? undefined);
  }
  for (const file of files) {
    const { folder } = naming.preview(file, 1);
    for (const name of namesOf(file)) {
      const slot = naming.slotOf(file, name);
      // One of ours may have been another file's, whose name this one took over.
      if (slot !== undefined && !slotMap(slots, file.fileId).has(slot))
        slotMap(slots, file.fileId).set(slot, ours.get(`${folder}/${name}`));
    }
  }
  return { slots, copies };
}

function isShown({ kind }: OutputRow): boolean {
  return kind === 'preview' || kind === 'picture';
}

function slotMap(
  slots: Map<number, Map<number, number | undefined>>,
  fileId: number,
): Map<number, number | undefined> {
  const found = slots.get(fileId);
  if (found !== undefined) return found;
  const made = new Map<number, number | undefined>();
  slots.set(fileId, made);
  return made;
}

/** The preview names that may belong to a file, found by the part before the slot; made once for a walk. */
export function namesBeside(
  walk: Walk,
  root: string,
  naming: Naming,
): (file: StockFile) => readonly string[] {
  const byStem = new Map<string, string[]>();
  for (const [folder, names] of walk.names) {
    const absolute = folder === '' ? root : `${root}/${folder}`;
    for (const name of names) {
      if (naming.profile !== 'configured' && !name.includes('preview')) continue;
      const key = `${absolute}/${naming.withoutSlot(name.replace(/\.[^.]+$/, ''))}`;
      const known = byStem.get(key);
      if (known === undefined) byStem.set(key, [name]);
      else known.push(name);
    }
  }
  return (file) => {
    const { folder, name } = naming.preview(file, 1);
    return byStem.get(`${folder}/${naming.withoutSlot(name)}`) ?? [];
  };
}

/** The same in an output folder, which no walk has seen: what lies in the folder of each file is looked up. */
export function namesInFolders(naming: Naming): (file: StockFile) => readonly string[] {
  return (file) => {
    const { folder } = naming.preview(file, 1);
    try {
      return readdirSync(folder).filter((name) => name.includes('preview'));
    } catch (error) {
      if (isSystemError(error)) return [];
      throw error;
    }
  };
}
