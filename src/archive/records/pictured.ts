import { isRecord, parseJson } from '../../base/json.ts';
import { readImage } from '../../civitai/shapes/image.ts';
import type { Image } from '../../civitai/shapes/types.ts';
import type { FoundRecord, RecordOf } from './record.ts';

/** The answers beside which pictures lie: the images of each, in the site's order, by key. */
export function imagesByKey(records: readonly FoundRecord[]): (key: string) => readonly unknown[] {
  const raws = new Map(records.flatMap((one) => (one.kind === 'version' ? [[one.key, one.item.raw]] : [])));
  const read = new Map<string, readonly unknown[]>();
  return (key) => {
    const known = read.get(key);
    if (known !== undefined) return known;
    const answer: unknown = parseJson(raws.get(key) ?? '{}');
    const images: unknown[] = isRecord(answer) && Array.isArray(answer['images']) ? answer['images'] : [];
    read.set(key, images);
    return images;
  };
}

/** The image that a picture shows: what was noted beside it, else the one at its place; `undefined` when nobody says it. */
export function imageOf(
  record: RecordOf<'picture'>,
  imagesAt: (key: string) => readonly unknown[],
): Image | undefined {
  const image = readImage(record.image) ?? readImage(imagesAt(record.key)[record.position]);
  return image?.media === record.media ? image : undefined;
}
