import { isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, ScalarTag } from 'yaml';
import { messageOf } from '../base/errors.ts';

/** Where something stands in a file. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A YAML file as plain values, with the places of its keys. */
export type ReadDocument =
  | { readonly value: unknown; placeOf(path: readonly PropertyKey[]): Place }
  | { readonly broken: readonly (Place & { readonly message: string })[] };

/** What Python's reader takes for values and YAML 1.2 for texts; CivitScraper's files may hold it. */
const PYTHON_TAGS: readonly ScalarTag[] = [
  pythonTag('bool', /^(?:[Yy]es|YES|[Oo]n|ON)$/, () => true),
  pythonTag('bool', /^(?:[Nn]o|NO|[Oo]ff|OFF)$/, () => false),
  pythonTag('int', /^[-+]?[1-9]\d*(?:_\d+)+$/, (text) => Number(text.replaceAll('_', ''))),
];

function pythonTag(kind: string, test: RegExp, resolve: (text: string) => unknown): ScalarTag {
  return { tag: `tag:yaml.org,2002:${kind}`, default: true, test, resolve };
}

/** Reads YAML, merge keys (`<<`) included; a file that is none gives its faults. */
export function readDocument(text: string): ReadDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    customTags: (tags) => [...PYTHON_TAGS, ...tags],
  });
  if (document.errors.length > 0) {
    const broken = document.errors.map((error) => {
      const at = lines.linePos(error.pos[0]);
      return { line: at.line, column: at.col, message: error.message };
    });
    return { broken };
  }
  // Aliases show only here whether they lead anywhere, and to how much.
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return { value, placeOf: (path) => placeOf(document, path, lines) };
  } catch (error) {
    return { broken: [{ line: 1, column: 1, message: messageOf(error) }] };
  }
}

/** Where a key stands; the nearest parent that is in the file when the key itself is not. */
function placeOf(document: Document, path: readonly PropertyKey[], lines: LineCounter): Place {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const start = startOf(parent, path[depth - 1]);
    if (start !== undefined) {
      const at = lines.linePos(start);
      return { line: at.line, column: at.col };
    }
  }
  return { line: 1, column: 1 };
}

function startOf(node: unknown, key: PropertyKey | undefined): number | undefined {
  if (typeof node !== 'object' || node === null || !('items' in node) || !Array.isArray(node.items))
    return undefined;
  const items = node.items as unknown[];
  if (typeof key === 'number') return rangeOf(items[key]);
  for (const item of items) {
    if (typeof item !== 'object' || item === null || !('key' in item)) continue;
    if (isScalar(item.key) && String(item.key.value) === String(key)) return rangeOf(item.key);
  }
  return undefined;
}

function rangeOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return undefined;
  const [start] = node.range as readonly unknown[];
  return typeof start === 'number' ? start : undefined;
}
