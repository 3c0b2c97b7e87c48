import { type Facet, packed } from '../gallery/facets.ts';
import type { Images } from './image-data.ts';

export const MEDIA = ['picture', 'film', 'sound'] as const;

/** All facets in the order in which they are shown. */
export function imageFacets(images: Images): Facet[] {
  const { creator, post, creators, posts, versions, bases } = images;
  return [
    one('creator', 'Creator', creators.map(([name]) => name), creator, 'unknown creator'), // prettier-ignore
    several('used', 'Model', versions.map(([, label]) => label), images.used, 'nothing named'), // prettier-ignore
    several('base', 'Base model', bases, images.base, 'unknown base model'),
    { name: 'media', title: 'Kind', mode: 'any', labels: MEDIA, ...packed(images.media.map((at) => [at])) },
    { name: 'level', title: 'Rating', mode: 'any', labels: images.levels, ...packed(images.level.map((at) => [at])) }, // prettier-ignore
    one('post', 'Post', posts.map(postLabel), post, 'no post'),
  ];
}

/** A post as it is called: by its title with its number, else by that alone. */
export function postLabel([id, title]: readonly [number, string]): string {
  return title === '' ? `Post ${id}` : `${title} (${id})`;
}

/** A facet of which each image has one value or none. */
function one(
  name: Facet['name'],
  title: string,
  words: readonly string[],
  column: readonly number[],
  none: string,
): Facet {
  const lists = column.map((at) => [at < 0 ? words.length : at]);
  return { name, title, mode: 'any', labels: [...words, none], none: words.length, ...packed(lists) };
}

/** A facet of which an image has any number of values; it must have all that are chosen. */
function several(
  name: Facet['name'],
  title: string,
  words: readonly string[],
  column: readonly (readonly number[])[],
  none: string,
): Facet {
  const lists = column.map((list) => (list.length === 0 ? [words.length] : list));
  return { name, title, mode: 'all', labels: [...words, none], none: words.length, ...packed(lists) };
}
