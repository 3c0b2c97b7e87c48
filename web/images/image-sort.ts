import { orderBy, ranksOf } from '../browse/order-by.ts';
import type { Sorts } from '../browse/view-hash.ts';
import type { Images } from './image-data.ts';

export type ImageSort = 'newest' | 'pixels' | 'level' | 'creator' | 'post' | 'shape';

/** The ways to sort, as the menu names them. */
export const IMAGE_SORTS: Sorts<ImageSort> = [
  ['newest', 'Newest'],
  ['creator', 'Creator'],
  ['post', 'Post'],
  ['pixels', 'Size'],
  ['shape', 'Shape'],
  ['level', 'Rating'],
];

/** Names rise by default, all else falls: newest and largest first. */
export function fallsFirst(sort: ImageSort): boolean {
  return sort !== 'creator';
}

/** Images in order; equal ones the newest first, unknown ones last either way. */
export function sortImages(images: Images, sort: ImageSort, falling: boolean): Uint32Array {
  return orderBy(keysOf(images, sort), falling, (a, b) => (sort === 'newest' && !falling ? a - b : b - a));
}

function keysOf(images: Images, sort: ImageSort): readonly number[] {
  switch (sort) {
    case 'newest':
      return images.created;
    case 'level':
      return images.level;
    case 'post':
      return images.post.map((at) => images.posts[at]?.[0] ?? -1);
    case 'pixels':
      return images.width.map((width, at) => (width > 0 ? width * (images.height[at] ?? 0) : -1));
    case 'shape':
      return images.width.map((width, at) => (width > 0 ? width / Math.max(1, images.height[at] ?? 1) : -1));
    case 'creator':
      return ranksOf(images.creator, images.creators.map(([name]) => name)); // prettier-ignore
  }
}
