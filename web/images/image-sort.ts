import type { Images } from './image-data.ts';

export type ImageSort = 'newest' | 'pixels' | 'level' | 'creator' | 'post' | 'shape';

/** The ways to sort, as the menu names them. */
export const IMAGE_SORTS: readonly (readonly [ImageSort, string])[] = [
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
  const order = Uint32Array.from({ length: images.count }, (_, at) => at);
  const keys = keysOf(images, sort);
  const sign = falling ? -1 : 1;
  return order.sort((a, b) => {
    const left = keys[a] ?? -1;
    const right = keys[b] ?? -1;
    if (left === right) return sort === 'newest' ? sign * (a - b) : b - a;
    if (left < 0 || right < 0) return left < 0 ? 1 : -1;
    return sign * (left - right);
  });
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
      return ranks(images);
  }
}

/** Numbers that sort as the names do. */
function ranks({ creators, creator }: Images): number[] {
  const byName = new Intl.Collator('en', { numeric: true });
  const places = creators
    .map((_, at) => at)
    .toSorted((a, b) => byName.compare(creators[a]?.[0] ?? '', creators[b]?.[0] ?? ''));
  const rank = new Map(places.map((at, index) => [at, index]));
  return creator.map((at) => rank.get(at) ?? -1);
}
