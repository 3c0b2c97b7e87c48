/**
 * JSON that loses nothing: the order of keys, numbers as they were written (`1.0`, 64-bit seeds), keys that look like
 * numbers. For files of other programs, of which we change a field and keep the rest.
 */
export type JsonTree = JsonString | JsonPlain | JsonList | JsonObject;

export interface JsonString {
  readonly kind: 'string';
  readonly value: string;
}

/** A number, `true`, `false` or `null`, as it stood. */
export interface JsonPlain {
  readonly kind: 'plain';
  readonly text: string;
}

export interface JsonList {
  readonly kind: 'list';
  readonly items: readonly JsonTree[];
}

export interface JsonObject {
  readonly kind: 'object';
  /** In the order of the file; no key twice. */
  readonly members: ReadonlyMap<string, JsonTree>;
}

/** The text is no JSON, or JSON that can't be kept as it is; the message says why, a clause without a full stop. */
export class JsonTreeError extends Error {}

/** Deeper than any program writes; a parser must not run out of stack. */
const MAX_DEPTH = 200;

/** Reads JSON. Throws JsonTreeError, also for an object that names a key twice: writing it again would lose one. */
export function parseTree(text: string): JsonTree {
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new JsonTreeError(
      cause instanceof Error ? cause.message.replace(/\s+/g, ' ').slice(0, 200) : 'it is no JSON',
      { cause },
    );
  }
  // The text is known to be right from here on, so that the reader need not check it.
  return new TreeReader(text).value(0);
}

class TreeReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonTree {
    if (depth > MAX_DEPTH) throw new JsonTreeError(`it is nested more than ${MAX_DEPTH} levels deep`);
    this.#skip();
    const first = this.#text[this.#at];
    if (first === '"') return { kind: 'string', value: this.#string() };
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#list(depth);
    return { kind: 'plain', text: this.#plain() };
  }

  #object(depth: number): JsonObject {
    const members = new Map<string, JsonTree>();
    for (this.#open(); !this.#ends('}');) {
      const key = this.#string();
      this.#skip();
      this.#at += 1;
      if (members.has(key))
        throw new JsonTreeError(`it names the key ${JSON.stringify(key.slice(0, 60))} twice in one object`);
      members.set(key, this.value(depth + 1));
    }
    return { kind: 'object', members };
  }

  #list(depth: number): JsonList {
    const items: JsonTree[] = [];
    for (this.#open(); !this.#ends(']');) items.push(this.value(depth + 1));
    return { kind: 'list', items };
  }

  #open(): void {
    this.#at += 1;
  }

  /** Goes past blanks and a comma; true, and past the bracket, when the container ends here. */
  #ends(bracket: string): boolean {
    this.#skip();
    if (this.#text[this.#at] === ',') {
      this.#at += 1;
      this.#skip();
    }
    if (this.#text[this.#at] !== bracket) return false;
    this.#at += 1;
    return true;
  }

  #string(): string {
    const from = this.#at;
    for (this.#at += 1; this.#text[this.#at] !== '"'; this.#at += 1)
      if (this.#text[this.#at] === '\\') this.#at += 1;
    this.#at += 1;
    return JSON.parse(this.#text.slice(from, this.#at)) as string;
  }

  #plain(): string {
    const from = this.#at;
    while (this.#at < this.#text.length && !/[\s,\]}]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#text.slice(from, this.#at);
  }

  #skip(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }
}

export interface RenderOptions {
  /** What one level is set in by: `'  '`, a tab; empty puts all on one line. */
  readonly indent: string;
  /** Everything beyond printable ASCII as `\uXXXX`, as Python writes it. */
  readonly ascii?: boolean;
  /** Default `\n`. */
  readonly lineEnd?: string;
}

/** The text of a tree, without a line end at its end. */
export function renderTree(tree: JsonTree, options: RenderOptions): string {
  return render(tree, options, '');
}

function render(tree: JsonTree, options: RenderOptions, before: string): string {
  if (tree.kind === 'plain') return tree.text;
  if (tree.kind === 'string') return stringText(tree.value, options);
  const inner = before + options.indent;
  const parts =
    tree.kind === 'list'
      ? tree.items.map((item) => render(item, options, inner))
      : [...tree.members].map(
          ([key, value]) =>
            `${stringText(key, options)}:${options.indent === '' ? '' : ' '}${render(value, options, inner)}`,
        );
  const [open, close] = tree.kind === 'list' ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return open + close;
  const end = options.indent === '' ? '' : (options.lineEnd ?? '\n');
  const gap = options.indent === '' ? '' : end + inner;
  return `${open}${gap}${parts.join(`,${gap}`)}${end}${options.indent === '' ? '' : before}${close}`;
}

function stringText(value: string, { ascii }: RenderOptions): string {
  const text = JSON.stringify(value);
  if (ascii !== true) return text;
  // By UTF-16 unit, as Python does: a character beyond the first plane becomes two escapes.
  return text.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`); // oxlint-disable-line no-control-regex
}

/** A plain value as a tree; members that are `undefined` are left out. */
export function treeOf(value: unknown): JsonTree {
  if (typeof value === 'string') return { kind: 'string', value };
  if (Array.isArray(value)) return { kind: 'list', items: value.map(treeOf) };
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return { kind: 'object', members: new Map(members.map(([key, inner]) => [key, treeOf(inner)])) };
  }
  return { kind: 'plain', text: JSON.stringify(value) ?? 'null' };
}

/** The text of a string member; `undefined` for anything else. */
export function stringMember(tree: JsonObject, key: string): string | undefined {
  const member = tree.members.get(key);
  return member?.kind === 'string' ? member.value : undefined;
}

/** The object with one member set, in its old place when it has one, else at the end. */
export function withMember(tree: JsonObject, key: string, value: JsonTree): JsonObject {
  return { kind: 'object', members: new Map([...tree.members, [key, value]]) };
}
