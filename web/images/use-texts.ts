import { useEffect, useMemo, useState } from 'preact/hooks';
import { type SearchIndex, termIndex } from '../gallery/search.ts';
import { type Images, loadTexts, textsOf } from './image-data.ts';
import { postLabel } from './image-facets.ts';

/** Longest piece of reading between two frames, in milliseconds. */
const SLICE = 8;

/** The search index over prompts and names. The prompts are read once somebody searches, and in the browser's idle time. */
export function useTexts(images: Images, wanted: boolean): { index: SearchIndex; read: number } {
  const index = useMemo(() => termIndex(images.count, (at) => textOfImage(images, at)), [images]);
  const [read, setRead] = useState(0);
  useEffect(() => {
    if (!wanted || index.complete) return undefined;
    let stopped = false;
    let slices = 0;
    const readOn = async (): Promise<void> => {
      for (let part = 0; part < images.parts && !stopped; part += 1) {
        await loadTexts(part);
        index.readOn(SLICE);
      }
      while (!stopped && !index.complete) {
        index.readOn(SLICE);
        slices += 1;
        // Results are drawn anew now and then, not after every slice.
        if (slices % 12 === 0) setRead(slices);
        await new Promise((resolve) => setTimeout(resolve));
      }
      setRead(slices + 1);
    };
    void readOn();
    return () => {
      stopped = true;
    };
  }, [index, wanted]);
  return { index, read };
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
