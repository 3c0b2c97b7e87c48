import type { Choice, FacetName } from './facets.ts';
import type { Choices } from './filter.ts';
import type { ViewCodec } from './use-view.ts';
import { fallsByDefault, SORTS, type SortName } from './sort.ts';

/** What is shown, as the URL's hash holds it. */
export interface ViewState {
  readonly query: string;
  readonly choices: Choices;
  readonly sort: SortName;
  readonly falling: boolean;
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

/** A hash to a view; what it does not know, it leaves out. `at` is the file to stand on, `usual` the order of no word. */
export function parseHash(
  hash: string,
  usual: SortName = WHOLE.sort,
): { view: ViewState; at: number | undefined } {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const choices: Partial<Record<FacetName, Choice>> = {};
  for (const name of FACET_NAMES) {
    const choice = { with: params.getAll(name), without: params.getAll(`-${name}`) };
    if (choice.with.length + choice.without.length > 0) choices[name] = choice;
  }
  const sort = SORTS.find(([name]) => name === params.get('sort'))?.[0] ?? usual;
  const direction = params.get('dir');
  const at = Number(params.get('at') ?? Number.NaN);
  return {
    view: {
      query: params.get('q') ?? '',
      choices,
      sort,
      falling: direction === null ? fallsByDefault(sort) : direction === 'down',
      layout: params.get('view') === 'list' ? 'list' : 'grid',
    },
    at: Number.isSafeInteger(at) ? at : undefined,
  };
}

/** A view as a hash without `#`; the whole gallery is the empty one. */
export function formatHash(view: ViewState, usual: SortName = WHOLE.sort): string {
  const params = new URLSearchParams();
  if (view.query !== '') params.set('q', view.query);
  for (const name of FACET_NAMES) {
    for (const label of view.choices[name]?.with ?? []) params.append(name, label);
    for (const label of view.choices[name]?.without ?? []) params.append(`-${name}`, label);
  }
  if (view.sort !== usual) params.set('sort', view.sort);
  if (view.falling !== fallsByDefault(view.sort)) params.set('dir', view.falling ? 'down' : 'up');
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

/** The choices after a click on a value: chosen, or chosen against, or freed when it was that already. */
export function withChoice(
  choices: Choices,
  name: FacetName,
  label: string,
  side: 'with' | 'without',
): Choices {
  const old = choices[name] ?? { with: [], without: [] };
  const was = old[side].includes(label);
  const rest = {
    with: old.with.filter((other) => other !== label),
    without: old.without.filter((other) => other !== label),
  };
  const next = was ? rest : { ...rest, [side]: [...rest[side], label] };
  const { [name]: _, ...others } = choices;
  return next.with.length + next.without.length === 0 ? others : { ...others, [name]: next };
}
