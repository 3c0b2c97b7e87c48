import { useMemo } from 'preact/hooks';
import { type SearchIndex, termIndex } from '../browse/search.ts';
import { useReading } from '../browse/use-reading.ts';
import { type Images, loadTexts, textsOf } from './image-data.ts';
import { postLabel } from './image-facets.ts';

/** The search index over prompts and names. The prompts are read once somebody searches, and in the browser's idle time. */
export function useTexts(images: Images, wanted: boolean): { index: SearchIndex; read: number } {
  const index = useMemo(() => termIndex(images.count, (at) => textOfImage(images, at)), [images]);
  const loads = Array.from({ length: images.parts }, (_, part) => () => loadTexts(part));
  return { index, read: useReading(index, wanted, loads) };
}

/** All words under which an image is found; `undefined` while its prompt has not come. */
function textOfImage(images: Images, at: number): string | undefined {
  const texts = textsCache(Math.floor(at / images.partSize));
  if (texts === undefined) return undefined;
  const post = images.posts[images.post[at] ?? -1];
  return [
    texts[at % images.partSize] ?? '',
    String(images.id[at] ?? ''),
    images.creators[images.creator[at] ?? -1]?.[0] ?? '',
    post === undefined ? '' : postLabel(post),
    ...(images.used[at] ?? []).map((version) => images.versions[version]?.[1] ?? ''),
  ].join('\n');
}

const kept = new Map<number, readonly string[]>();

/** The prompts of a file, looked for once. */
function textsCache(part: number): readonly string[] | undefined {
  const known = kept.get(part);
  if (known !== undefined) return known;
  const found = textsOf(part);
  if (found !== undefined) kept.set(part, found);
  return found;
}
