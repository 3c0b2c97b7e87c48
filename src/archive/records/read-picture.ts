import { lstat, open, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { isRecord, parseJson } from '../../base/json.ts';
import { KIND_BYTES, kindOf, mediaOf } from '../../formats/image-kind.ts';
import { MOST_RECORD_BYTES } from './read-record.ts';
import { refused } from './record.ts';
import type { FoundRecord, RecordOf } from './record.ts';

const PICTURE = '(?:png|jpe?g|webp|gif|avif|jxl|mp4|webm)';
/** Civitai Data Manager's, counted from 0, and CivitScraper's, counted from 1. */
const COLLECTED = new RegExp(`^(.+)_preview_(\\d{1,4})\\.${PICTURE}$`, 'i');
const SCRAPED = new RegExp(`^(.+)\\.preview([1-9]\\d{0,3})\\.${PICTURE}$`, 'i');

/** The model and the image that the name of a preview (path) says; `undefined` for other names. */
export function pictureName(path: string): Pick<RecordOf<'picture'>, 'key' | 'position'> | undefined {
  const collected = COLLECTED.exec(basename(path));
  if (collected !== null)
    return { key: join(dirname(path), collected[1] ?? ''), position: Number(collected[2]) };
  const scraped = SCRAPED.exec(basename(path));
  if (scraped === null) return undefined;
  return { key: join(dirname(path), `${scraped[1] ?? ''}.json`), position: Number(scraped[2]) - 1 };
}

/** Reads a preview and what is said of it beside it; each that is damaged is `refused`. */
export async function readPicture(path: string): Promise<FoundRecord[]> {
  const named = pictureName(path);
  if (named === undefined) return [];
  const stats = await lstat(path, { bigint: true });
  const at = Number(stats.mtimeMs);
  try {
    const media = mediaOf(kindOf(await headOf(path)));
    if (media !== 'image' && media !== 'video') return [refused(path, at, 'is called a picture and is none')];
    const note = path.replace(/\.[^.]+$/, '.json');
    const said = await readNote(note);
    const picture = { ...named, media, image: said.image, size: Number(stats.size), mtimeNs: String(stats.mtimeNs) }; // prettier-ignore
    return [{ path, at, kind: 'picture', ...picture }, ...(said.problem === undefined ? [] : [refused(note, at, said.problem)])]; // prettier-ignore
  } catch (error) {
    return [refused(path, at, `can not be read: ${messageOf(error)}`)];
  }
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(KIND_BYTES), 0, KIND_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** `_preview_N.json`: the image as the site described it. */
async function readNote(path: string): Promise<{ readonly image: unknown; readonly problem?: string }> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isFile() !== true) return { image: undefined };
  if (stats.size > MOST_RECORD_BYTES)
    return { image: undefined, problem: 'is too large for what is said of a picture' };
  try {
    const value: unknown = parseJson((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''));
    if (isRecord(value)) return { image: value };
    return { image: undefined, problem: 'says nothing of a picture' };
  } catch (error) {
    return { image: undefined, problem: `can not be read: ${messageOf(error)}` };
  }
}
