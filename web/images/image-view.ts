import type { FacetName } from '../browse/facets.ts';
import type { ViewCodec } from '../browse/use-view.ts';
import {
  commonParams,
  type CommonView,
  type HashRules,
  numberIn,
  paramsOf,
  readCommon,
} from '../browse/view-hash.ts';
import { fallsFirst, IMAGE_SORTS, type ImageSort } from './image-sort.ts';

/** What is shown, as the URL's hash holds it. */
export interface ImageView extends CommonView<ImageSort> {
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

const RULES: HashRules<ImageSort> = {
  facets: IMAGE_FACETS,
  sorts: IMAGE_SORTS,
  usual: ALL_IMAGES.sort,
  fallsFirst,
};

/** How the image gallery reads and writes its URL. */
export const imageViews: ViewCodec<ImageView> = {
  parse: (hash) => ({ view: parseImageHash(hash), at: numberIn(paramsOf(hash), 'at') }),
  format: formatImageHash,
  keepsPlace: (one, other) =>
    formatImageHash({ ...one, open: undefined }) === formatImageHash({ ...other, open: undefined }),
};

/** A hash to a view; what it does not know, it leaves out. */
export function parseImageHash(hash: string): ImageView {
  const params = paramsOf(hash);
  return { ...readCommon(params, RULES), open: numberIn(params, 'id') };
}

/** A view as a hash without `#`; all images are the empty one. */
export function formatImageHash(view: ImageView): string {
  const params = commonParams(view, RULES);
  if (view.open !== undefined) params.set('id', String(view.open));
  return params.toString();
}
