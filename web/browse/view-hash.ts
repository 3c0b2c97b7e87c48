import type { Choice, FacetName } from './facets.ts';
import type { Choices } from './filter.ts';

/** What every view of results holds, whatever they are. */
export interface CommonView<Sort extends string> {
  readonly query: string;
  readonly choices: Choices;
  readonly sort: Sort;
  readonly falling: boolean;
}

/** Each sort with its name in the menu. */
export type Sorts<Sort extends string> = readonly (readonly [Sort, string])[];

/** How the common part stands in the URL's hash. */
export interface HashRules<Sort extends string> {
  readonly facets: readonly FacetName[];
  readonly sorts: Sorts<Sort>;
  /** The sort that needs no word. */
  readonly usual: Sort;
  fallsFirst(sort: Sort): boolean;
}

/** The words of a hash, with or without its `#`. */
export function paramsOf(hash: string): URLSearchParams {
  return new URLSearchParams(hash.replace(/^#/, ''));
}

/** What the words say of the common part; what is not known is left out. */
export function readCommon<Sort extends string>(
  params: URLSearchParams,
  { facets, sorts, usual, fallsFirst }: HashRules<Sort>,
): CommonView<Sort> {
  const choices: Partial<Record<FacetName, Choice>> = {};
  for (const name of facets) {
    const choice = { with: params.getAll(name), without: params.getAll(`-${name}`) };
    if (choice.with.length + choice.without.length > 0) choices[name] = choice;
  }
  const sort = sorts.find(([name]) => name === params.get('sort'))?.[0] ?? usual;
  const direction = params.get('dir');
  return {
    query: params.get('q') ?? '',
    choices,
    sort,
    falling: direction === null ? fallsFirst(sort) : direction === 'down',
  };
}

/** The common part in words; none where nothing is filtered and the order is the usual one. */
export function commonParams<Sort extends string>(
  view: CommonView<Sort>,
  { facets, usual, fallsFirst }: HashRules<Sort>,
): URLSearchParams {
  const params = new URLSearchParams();
  if (view.query !== '') params.set('q', view.query);
  for (const name of facets) {
    for (const label of view.choices[name]?.with ?? []) params.append(name, label);
    for (const label of view.choices[name]?.without ?? []) params.append(`-${name}`, label);
  }
  if (view.sort !== usual) params.set('sort', view.sort);
  if (view.falling !== fallsFirst(view.sort)) params.set('dir', view.falling ? 'down' : 'up');
  return params;
}

/** A whole number among the words. */
export function numberIn(params: URLSearchParams, name: string): number | undefined {
  const number = Number(params.get(name) ?? Number.NaN);
  return Number.isSafeInteger(number) ? number : undefined;
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
