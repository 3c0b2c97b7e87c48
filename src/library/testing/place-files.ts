import { placeAll, type PlaceItem } from '../place.ts';
import { boundsOf } from '../inside.ts';

/** What the tests place, and a rerun places again. */
export function testItems(root: string): PlaceItem[] {
  return Array.from({ length: 75 }, (_, index) => ({
    path: `${root}/${index % 3 === 0 ? 'deep/er/' : ''}file ${index}.txt`,
    bytes: `new ${index} `.repeat(500),
  }));
}

/** Run as a program by the kill tests: places the items below the folder given. */
if (import.meta.main) {
  const root = process.argv[2] ?? '';
  await placeAll(testItems(root), { bounds: boundsOf(root) });
}
