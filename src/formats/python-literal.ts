/** Deeper than this nothing is shown: no answer of the site comes near it. */
const DEEPEST = 60;

/**
 * A JSON value as Python would write it down, keys sorted, one member a line where a line would be longer than `width`. Python
 * reads it back with `ast.literal_eval`.
 */
export function pythonLiteral(value: unknown, width: number): string {
  return laidOut(value, width, 0, 0);
}

function laidOut(value: unknown, width: number, indent: number, depth: number): string {
  const line = inOneLine(value, depth);
  if (indent + line.length <= width || depth >= DEEPEST) return line;
  if (Array.isArray(value)) {
    const items = value.map((item) => laidOut(item, width, indent + 1, depth + 1));
    return `[${items.join(`,\n${' '.repeat(indent + 1)}`)}]`;
  }
  if (typeof value !== 'object' || value === null) return line;
  const members = sorted(value).map(([key, inner]) => {
    const name = `${quoted(key)}: `;
    return `${name}${laidOut(inner, width, indent + 1 + name.length, depth + 1)}`;
  });
  return `{${members.join(`,\n${' '.repeat(indent + 1)}`)}}`;
}

function inOneLine(value: unknown, depth: number): string {
  if (value === null || value === undefined || depth > DEEPEST) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'None';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map((item) => inOneLine(item, depth + 1)).join(', ')}]`;
  const members = sorted(value).map(([key, inner]) => `${quoted(key)}: ${inOneLine(inner, depth + 1)}`);
  return `{${members.join(', ')}}`;
}

function sorted(value: object): [string, unknown][] {
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
// oxlint-disable-next-line no-control-regex -- Python shows them by their numbers
const ESCAPED = /[\\\u0000-\u001F\u007F-\u00A0\u00AD\u2028\u2029\uD800-\uDFFF]/g;

/** In single quotes, unless only they are inside. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]|[^]/g, (one) =>
      one.length === 2 ? one : one.replace(ESCAPED, escape),
    )
    .replaceAll(quote, `\\${quote}`);
  return `${quote}${escaped}${quote}`;
}

function escape(letter: string): string {
  const code = letter.charCodeAt(0);
  return (
    ESCAPES[letter] ??
    (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`)
  );
}
