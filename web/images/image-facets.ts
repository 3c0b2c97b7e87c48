import { alwaysOne, type Facet, oneOf, severalOf } from '../browse/facets.ts';
import type { Images } from './image-data.ts';

export const MEDIA = ['picture', 'film', 'sound'] as const;

/** All facets in the order in which they are shown. */
export function imageFacets(images: Images): Facet[] {
  const creators = images.creators.map(([name]) => name);
  const models = images.versions.map(([, label]) => label);
  const posts = images.posts.map(postLabel);
  return [
    oneOf({ name: 'creator', title: 'Creator', words: creators, none: 'unknown creator' }, images.creator),
    severalOf({ name: 'used', title: 'Model', words: models, none: 'nothing named' }, images.used),
    severalOf(
      { name: 'base', title: 'Base model', words: images.bases, none: 'unknown base model' },
      images.base,
    ),
    alwaysOne('media', 'Kind', MEDIA, images.media),
    alwaysOne('level', 'Rating', images.levels, images.level),
    oneOf({ name: 'post', title: 'Post', words: posts, none: 'no post' }, images.post),
  ];
}

/** A post as it is called: by its title with its number, else by that alone. */
export function postLabel([id, title]: readonly [number, string]): string {
  return title === '' ? `Post ${id}` : `${title} (${id})`;
}
