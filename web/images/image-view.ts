import type { Choice, FacetName } from '../gallery/facets.ts';
import type { Choices } from '../gallery/filter.ts';
import type { ViewCodec } from '../gallery/use-view.ts';
import { fallsFirst, IMAGE_SORTS, type ImageSort } from './image-sort.ts';

/** What is shown, as the URL's hash holds it. */
export interface ImageView {
  readonly query: string;
  readonly choices: Choices;
  readonly sort: ImageSort;
  readonly falling: boolean;
  /** The image that is open. */
  readonly open: number | undefined;
}

export const IMAGE_FACETS: readonly FacetName[] = ['creator', 'used', 'base', 'media', 'level', 'post'];

/** All images, the newest first. */
export const ALL_IMAGES: ImageView = {
  query: '',
  choices: {},
  sort: 'newest',
  falling: true,
  open: undefined,
};

/** How the image gallery reads and writes its URL. */
export const imageViews: ViewCodec<ImageView> = {
  parse: (hash) => ({ view: parseImageHash(hash), at: numberIn(hash, 'at') }),
  format: formatImageHash,
  keepsPlace: (one, other) =>
    formatImageHash({ ...one, open: undefined }) === formatImageHash({ ...other, open: undefined }),
};

/** A hash to a view; what it does not know, it leaves out. */
export function parseImageHash(hash: string): ImageView {
  const params = paramsOf(hash);
  const choices: Partial<Record<FacetName, Choice>> = {};
  for (const name of IMAGE_FACETS) {
    const choice = { with: params.getAll(name), without: params.getAll(`-${name}`) };
    if (choice.with.length + choice.without.length > 0) choices[name] = choice;
  }
  const sort = IMAGE_SORTS.find(([name]) => name === params.get('sort'))?.[0] ?? ALL_IMAGES.sort;
  const direction = params.get('dir');
  return {
    query: params.get('q') ?? '',
    choices,
    sort,
    falling: direction === null ? fallsFirst(sort) : direction === 'down',
    open: numberIn(hash, 'id'),
  };
}

/** A view as a hash without `#`; all images are the empty one. */
export function formatImageHash(view: ImageView): string {
  const params = new URLSearchParams();
  if (view.query !== '') params.set('q', view.query);
  for (const name of IMAGE_FACETS) {
    for (const label of view.choices[name]?.with ?? []) params.append(name, label);
    for (const label of view.choices[name]?.without ?? []) params.append(`-${name}`, label);
  }
  if (view.sort !== ALL_IMAGES.sort) params.set('sort', view.sort);
  if (view.falling !== fallsFirst(view.sort)) params.set('dir', view.falling ? 'down' : 'up');
  if (view.open !== undefined) params.set('id', String(view.open));
  return params.toString();
}

/** A whole number of the hash. */
export function numberIn(hash: string, name: string): number | undefined {
  const number = Number(paramsOf(hash).get(name) ?? Number.NaN);
  return Number.isSafeInteger(number) ? number : undefined;
}

function paramsOf(hash: string): URLSearchParams {
  return new URLSearchParams(hash.replace(/^#/, ''));
}
