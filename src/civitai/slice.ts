/**
 * Cuts parts out of JSON text without loss: what comes out is the very text that went in. Numbers a double can't hold,
 * key order, escapes and spaces all stay.
 */

/** A part of a text. `end` is behind the last character. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A member of an object: its key as it reads, and where its value stands. */
export interface Member extends Span {
  readonly key: string;
}

/** Comfy graphs nest a few dozen deep; what goes deeper is an attack on readers that recurse. */
const DEEPEST = 500;
/** More items than any answer may hold (by-hash/ids gives one for each of 10,000 hashes and their doubles). */
const MOST_ITEMS = 100_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const COMMA = 0x2c;

/**
 * The texts of the items of an answer: of an array, or of the `items` of an object. Throws SyntaxError when the text is
 * broken JSON, nested absurdly, or holds no items.
 */
export function sliceItems(text: string): string[] {
  assertJson(text);
  const start = skipBlanks(text, 0);
  if (text.charCodeAt(start) === OPEN_BRACKET) return textsOf(text, elementsAt(text, start));
  const items =
    text.charCodeAt(start) === OPEN_BRACE ? lastMember(membersAt(text, start), 'items') : undefined;
  if (items === undefined || text.charCodeAt(items.start) !== OPEN_BRACKET) {
    throw new SyntaxError('The answer holds no list of items.');
  }
  return textsOf(text, elementsAt(text, items.start));
}

/** The text of an object's member, the last of that name as JSON.parse sees it; `undefined` when there is none. Throws SyntaxError on broken JSON. */
export function sliceMember(text: string, key: string): string | undefined {
  assertJson(text);
  const member = lastMember(membersOf(text), key);
  return member === undefined ? undefined : text.slice(member.start, member.end);
}

/** The text of one JSON value without the blanks around it. Throws SyntaxError on broken JSON. */
export function sliceWhole(text: string): string {
  assertJson(text);
  const start = skipBlanks(text, 0);
  return text.slice(start, skipValue(text, start));
}

/** Throws SyntaxError when the text is not one JSON value of bearable depth. */
export function assertJson(text: string): void {
  assertDepth(text);
  JSON.parse(text);
}

/** The members of the object at `from`; none when something else stands there. The text must have passed assertJson. */
export function membersOf(text: string, from = 0): Member[] {
  const start = skipBlanks(text, from);
  return text.charCodeAt(start) === OPEN_BRACE ? membersAt(text, start) : [];
}

/** The elements of the array at `from`; none when something else stands there. The text must have passed assertJson. */
export function elementsOf(text: string, from = 0): Span[] {
  const start = skipBlanks(text, from);
  return text.charCodeAt(start) === OPEN_BRACKET ? elementsAt(text, start) : [];
}

function textsOf(text: string, spans: readonly Span[]): string[] {
  return spans.map((span) => text.slice(span.start, span.end));
}

function lastMember(members: readonly Member[], key: string): Member | undefined {
  return members.findLast((member) => member.key === key);
}

function elementsAt(text: string, open: number): Span[] {
  const spans: Span[] = [];
  let at = skipBlanks(text, open + 1);
  while (text.charCodeAt(at) !== CLOSE_BRACKET) {
    const end = skipValue(text, at);
    spans.push({ start: at, end });
    if (spans.length > MOST_ITEMS) throw new SyntaxError('The answer holds too many items.');
    at = skipBlanks(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipBlanks(text, at + 1);
  }
  return spans;
}

function membersAt(text: string, open: number): Member[] {
  const members: Member[] = [];
  let at = skipBlanks(text, open + 1);
  while (text.charCodeAt(at) !== CLOSE_BRACE) {
    const keyEnd = skipString(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const start = skipBlanks(text, skipBlanks(text, keyEnd) + 1);
    const end = skipValue(text, start);
    members.push({ key, start, end });
    at = skipBlanks(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipBlanks(text, at + 1);
  }
  return members;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at += 1;
  }
}

/** Behind the string that begins at `open`. */
function skipString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close !== -1 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
  return close === -1 ? text.length : close + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let at = quote - 1;
  while (text.charCodeAt(at) === BACKSLASH) at -= 1;
  return (quote - 1 - at) % 2 === 1;
}

/** Behind the value that begins at `from`. */
function skipValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = skipString(text, at);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1;
      at += 1;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth === 0) return at;
      depth -= 1;
      at += 1;
    } else if (depth === 0) at = skipScalar(text, at);
    else at += 1;
    if (depth === 0) return at;
  }
}

function skipScalar(text: string, from: number): number {
  let at = from;
  while (at < text.length && !/[\s,\]}]/.test(text[at] ?? '')) at += 1;
  return at;
}

function assertDepth(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = skipString(text, at) - 1;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1;
      if (depth > DEEPEST) throw new SyntaxError('The answer is nested too deeply.');
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
  }
}
