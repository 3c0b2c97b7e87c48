import { lstat } from 'node:fs/promises';
import { isRecord } from '../../base/json.ts';
import { findRecords } from './find-records.ts';
import { imagesByKey } from './pictured.ts';
import { pictureName } from './read-picture.ts';

/** What is to be noted beside a preview. */
export interface ImageNote {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

export interface ImageNotes {
  /** Previews that were looked at. */
  readonly previews: number;
  readonly notes: readonly ImageNote[];
  /** Records that are damaged, by path, and why. */
  readonly damaged: readonly { readonly path: string; readonly code: string; readonly why: string }[];
}

/**
 * What the version answers in an output folder (absolute) say of the previews beside them that have no note yet.
 * `isOurs`: previews whose notes are not to be told from their place.
 */
export async function missingImageNotes(
  folder: string,
  isOurs: (path: string) => boolean,
  signal: AbortSignal,
): Promise<ImageNotes> {
  const records = await findRecords(folder, signal);
  const imagesAt = imagesByKey(records);
  const pictures = records.filter((one) => one.kind === 'picture').filter((one) => !isOurs(one.path));
  const notes: ImageNote[] = [];
  for (const { path, key, position } of pictures) {
    const image = imagesAt(key)[position];
    const note = `${path.slice(0, path.lastIndexOf('.'))}.json`;
    // Whatever stands there is left, also what is damaged.
    const stands = await lstat(note).catch(() => undefined);
    if (isRecord(image) && stands === undefined)
      notes.push({ path: note, text: `${JSON.stringify(image, undefined, 4)}\n` });
  }
  const damaged = records.filter((one) => one.kind === 'refused').filter(({ path }) => isOfPictures(path));
  return { previews: pictures.length, notes, damaged };
}

/** Without the answer or the picture there is no note; what else is damaged is not asked for. */
function isOfPictures(path: string): boolean {
  return path.endsWith('_civitai_model_version.json') || pictureName(path) !== undefined;
}
