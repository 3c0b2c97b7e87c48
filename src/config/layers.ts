import { isRecord } from '../base/json.ts';

/** A section as it stands in a file, or a whole file. */
export type Layer = Readonly<Record<string, unknown>>;

/** Two spellings of one setting: ours, and CivitScraper's. */
export const SPELLINGS: readonly { readonly ours: readonly string[]; readonly theirs: readonly string[] }[] =
  [
    { ours: ['api', 'url'], theirs: ['api', 'base_url'] },
    { ours: ['api', 'rate'], theirs: ['api', 'batch', 'rate_limit'] },
  ];

/** The value at a path of keys; `undefined` where there is none. */
export function valueAt(layer: unknown, path: readonly PropertyKey[]): unknown {
  let here: unknown = layer;
  for (const key of path) {
    if (!isRecord(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[String(key)];
  }
  return here;
}

/** Our spelling added where only CivitScraper's is there; so that a job may override either with either. */
export function inOurSpelling(layer: Layer): Layer {
  let told = layer;
  for (const { ours, theirs } of SPELLINGS) {
    const value = valueAt(layer, theirs);
    if (value !== undefined && value !== null && valueAt(layer, ours) === undefined)
      told = merged(told, nested(ours, value));
  }
  return told;
}

function nested(path: readonly string[], value: unknown): Layer {
  const [key = '', ...rest] = path;
  return { [key]: rest.length === 0 ? value : nested(rest, value) };
}

/** `over` on top of `under`: maps key by key, everything else as a whole. */
export function merged(under: Layer, over: Layer): Layer {
  const keys = new Set([...Object.keys(under), ...Object.keys(over)]);
  return Object.fromEntries(
    [...keys].map((key) => {
      if (!Object.hasOwn(over, key)) return [key, under[key]];
      const [low, high] = [Object.hasOwn(under, key) ? under[key] : undefined, over[key]];
      return [key, isRecord(low) && isRecord(high) ? merged(low, high) : high];
    }),
  );
}

/** Without keys that are there and say nothing (`key:`). */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  const said = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(said.map(([key, inner]) => [key, withoutNulls(inner)]));
}
