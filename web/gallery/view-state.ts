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
import { fallsByDefault, SORTS, type SortName } from './sort.ts';

/** What is shown, as the URL's hash holds it. */
export interface ViewState extends CommonView<SortName> {
  readonly layout: 'grid' | 'list';
}

export const FACET_NAMES: readonly FacetName[] = [
  'type',
  'base',
  'state',
  'creator',
  'tag',
  'level',
  'folder',
];

/** The whole gallery by name. */
export const WHOLE: ViewState = { query: '', choices: {}, sort: 'name', falling: false, layout: 'grid' };

function rules(usual: SortName): HashRules<SortName> {
  return { facets: FACET_NAMES, sorts: SORTS, usual, fallsFirst: fallsByDefault };
}

/** A hash to a view; what it does not know, it leaves out. `at` is the file to stand on, `usual` the order of no word. */
export function parseHash(
  hash: string,
  usual: SortName = WHOLE.sort,
): { view: ViewState; at: number | undefined } {
  const params = paramsOf(hash);
  const layout = params.get('view') === 'list' ? 'list' : 'grid';
  return { view: { ...readCommon(params, rules(usual)), layout }, at: numberIn(params, 'at') };
}

/** A view as a hash without `#`; the whole gallery is the empty one. */
export function formatHash(view: ViewState, usual: SortName = WHOLE.sort): string {
  const params = commonParams(view, rules(usual));
  if (view.layout !== 'grid') params.set('view', view.layout);
  return params.toString();
}

/** How the gallery of models reads and writes its URL. */
export function modelViews(usual: SortName): ViewCodec<ViewState> {
  return {
    parse: (hash) => parseHash(hash, usual),
    format: (view) => formatHash(view, usual),
    keepsPlace: (one, other) => formatHash({ ...one, layout: other.layout }) === formatHash(other),
  };
}

/** True when nothing is filtered and the order is that of the data. */
export function isWholeOrder(view: ViewState): boolean {
  return formatHash({ ...view, layout: 'grid' }) === '';
}
