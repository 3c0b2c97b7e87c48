/** `JSON.rawJSON` and the reviver's source text are in Node 24 and not yet in TypeScript's library. */
interface RawJson {
  rawJSON(text: string): object;
}

/** Numbers that could come out of a double other than they went in; text in strings may look so too, at no harm. */
const TELLING =
  /(?:^|[:,[])\s*(?:-?\d{16}|-?\d{1,15}\.\d{15}|-?\d{1,15}\.\d{0,14}0(?!\d)|-?[\d.]{1,30}[eE]|-0(?![\d.]))/;

/**
 * Parses JSON so that `JSON.stringify` of the result has every number as it stood: seeds beyond 2^53, `1.0`, `1e3`. Such
 * numbers come out as opaque objects. Throws SyntaxError.
 */
export function parseLossless(text: string): unknown {
  if (!TELLING.test(text)) return JSON.parse(text) as unknown;
  return JSON.parse(text, (_key: string, value: unknown, context?: { source?: string }) => {
    const source = context?.source;
    if (typeof value !== 'number' || source === undefined || String(value) === source) return value;
    return (JSON as unknown as RawJson).rawJSON(source);
  }) as unknown;
}
