import { isRecord, parseJson } from '../base/json.ts';

/** Deeper than any answer seen; what is deeper is an attack on readers. */
const DEEPEST = 200;

/**
 * The value in an answer of the site's own pages' API, which comes in either of two wrappings: `{json}`, or one text in
 * which every value stands once and others name it by number. Dates stay texts. Throws SyntaxError for anything else.
 */
export function readTrpc(text: string): unknown {
  const answer: unknown = parseJson(text);
  const result = isRecord(answer) ? answer['result'] : undefined;
  const data = isRecord(result) ? result['data'] : undefined;
  if (typeof data === 'string') return unflatten(data);
  if (isRecord(data) && 'json' in data) return data['json'];
  throw new SyntaxError('it is no answer of that kind');
}

/** Reads the second wrapping (devalue). */
function unflatten(text: string): unknown {
  const values: unknown = parseJson(text);
  if (!Array.isArray(values)) throw new SyntaxError('the list of values is none');
  const list: readonly unknown[] = values;
  const made = new Map<number, unknown>();
  const at = (index: unknown, depth: number): unknown => {
    if (typeof index !== 'number')
      throw new SyntaxError('a value is named by something else than its number');
    // Below zero: undefined, holes and numbers that JSON does not have.
    if (index < 0) return undefined;
    if (depth > DEEPEST || index >= list.length) throw new SyntaxError('a value can not be found');
    if (made.has(index)) return made.get(index);
    return build(index, list[index], depth);
  };
  const build = (index: number, value: unknown, depth: number): unknown => {
    if (Array.isArray(value)) {
      const parts: readonly unknown[] = value;
      if (typeof parts[0] === 'string') return tagged(parts, (part) => at(part, depth + 1));
      const items: unknown[] = [];
      made.set(index, items);
      for (const part of parts) items.push(at(part, depth + 1));
      return items;
    }
    if (!isRecord(value)) return value;
    const object: Record<string, unknown> = {};
    made.set(index, object);
    for (const [name, part] of Object.entries(value))
      if (name !== '__proto__') object[name] = at(part, depth + 1);
    return object;
  };
  return at(0, 0);
}

/** Values that JSON does not have: dates and large numbers as texts, sets as lists, the rest as nothing. */
function tagged([tag, ...parts]: readonly unknown[], at: (part: unknown) => unknown): unknown {
  if (tag === 'Date' || tag === 'BigInt') return parts[0];
  return tag === 'Set' ? parts.map(at) : undefined;
}
