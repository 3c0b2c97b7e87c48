/**
 * The words under which things are found. Terms hold only `a-z`, `0-9` and letters of other scripts, so that every
 * index (FTS5, a tsvector, `includes` in the browser) leaves them whole and all find the same.
 */

/** Longest term in characters; longer words are cut, in documents and queries alike. */
const LONGEST = 48;
/** Longest text that is read, in UTF-16 units: a description with its pictures inlined must not stall a scan. */
const LONGEST_TEXT = 200_000;
/** A typed word falls into pieces (`sd1` → `sd`, `1`) unless there are more: then it is a hash or an id. */
const MOST_PIECES = 3;

/** Scripts written without blanks: each character is a term, and each pair. */
const UNSPACED = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}ー\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const RUN = new RegExp(
  String.raw`(?<unspaced>(?:(?=[${UNSPACED}])\p{L})+)|(?<word>(?:(?![${UNSPACED}])\p{L}|[0-9])+)`,
  'gu',
);
const ASCII_WORD = /[A-Za-z0-9]+/g;
const DIGIT_EDGE = /\d+|\D+/g;
const CAMEL_EDGE =
  /(?<=[\p{Ll}\p{Lo}0-9])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\d)(?=\D)|(?<=\D)(?=\d)/u;

/** Letters that Unicode does not take apart but people type plain. */
const PLAIN: Readonly<Record<string, string>> = {
  ø: 'o', Ø: 'O', đ: 'd', Đ: 'D', ð: 'd', Ð: 'D', ħ: 'h', Ħ: 'H', ı: 'i', ł: 'l', Ł: 'L', þ: 'th', Þ: 'Th', ß: 'ss', ẞ: 'SS', æ: 'ae', Æ: 'Ae', œ: 'oe', Œ: 'Oe', ſ: 's',
}; // prettier-ignore

/** What a query asks for: documents that hold every `whole` term and a term that begins with `start`. */
export interface TermQuery {
  readonly whole: readonly string[];
  /** `undefined` when nothing searchable was typed. */
  readonly start: string | undefined;
}

interface Run {
  readonly text: string;
  readonly unspaced: boolean;
}

/**
 * The terms of a text, each once, in order of first appearance: words in lower case without accents, split at all
 * that is no letter or digit; `InkWash2` also as `ink`, `wash`, `inkwash` and `2`; Chinese, Japanese and Korean as
 * single characters and pairs, so that any part of them is found.
 */
export function termsOf(text: string): string[] {
  const terms = new Set<string>();
  const folded = fold(text.slice(0, LONGEST_TEXT));
  if (isAscii(folded)) {
    for (const word of folded.match(ASCII_WORD) ?? []) addWord(word, terms);
    return [...terms];
  }
  for (const run of runsOf(folded)) {
    if (run.unspaced) addUnspaced(run.text, terms);
    else addWord(run.text, terms);
  }
  return [...terms];
}

function addWord(word: string, terms: Set<string>): void {
  // Most words need no more than this.
  if (word.length <= LONGEST && /^[a-z]+$/.test(word)) {
    terms.add(word);
    return;
  }
  const cut = shorten(word);
  const lower = lowerCase(cut);
  terms.add(lower);
  for (const piece of lower.match(DIGIT_EDGE) ?? []) terms.add(piece);
  for (const piece of cut.split(CAMEL_EDGE)) terms.add(lowerCase(piece));
}

function addUnspaced(text: string, terms: Set<string>): void {
  let before = '';
  for (const character of lowerCase(text)) {
    if (before !== '') terms.add(before + character);
    terms.add(character);
    before = character;
  }
}

/** What a person typed, as terms that must all match; the last one also matches longer words. Quotes and signs are ignored. */
export function queryTerms(text: string): TermQuery {
  const terms: string[] = [];
  for (const run of runsOf(fold(text.slice(0, LONGEST_TEXT))))
    terms.push(...(run.unspaced ? pairsOf(run.text) : piecesOf(run.text)));
  const start = terms.pop();
  return { whole: [...new Set(terms)], start };
}

function piecesOf(word: string): string[] {
  const lower = lowerCase(shorten(word));
  const pieces: string[] = lower.match(DIGIT_EDGE) ?? [];
  return pieces.length > MOST_PIECES ? [lower] : pieces;
}

function pairsOf(text: string): string[] {
  const characters = [...lowerCase(text)];
  return characters.length < 2
    ? characters
    : characters.slice(1).map((character, index) => `${characters[index] ?? ''}${character}`);
}

/** True when a document's terms, joined by blanks, answer the query; an empty query is answered by all. */
export function answers(terms: string, query: TermQuery): boolean {
  const padded = ` ${terms} `;
  return (
    (query.start === undefined || padded.includes(` ${query.start}`)) &&
    query.whole.every((term) => padded.includes(` ${term} `))
  );
}

function* runsOf(folded: string): Generator<Run> {
  for (const match of folded.matchAll(RUN)) {
    yield { text: match[0], unspaced: match.groups?.['unspaced'] !== undefined };
  }
}

/** One form for all ways to write a letter; accents go, except where they make another letter (the kana). */
function fold(text: string): string {
  // Plain ASCII, nearly all there is, needs none of it.
  if (isAscii(text)) return text;
  return text
    .normalize('NFKC')
    .replace(
      /(?![\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}])\P{ASCII}/gu,
      (letter) => PLAIN[letter] ?? letter.normalize('NFKD'),
    )
    .replace(/\p{M}/gu, '')
    .replace(/[øØđĐðÐħĦıłŁþÞßẞæÆœŒſ]/gu, (letter) => PLAIN[letter] ?? letter);
}

/**
 * Letter by letter through upper case, so that forms that only differ by place (the two small sigmas) become one, as
 * the indexes see them; what that takes apart is folded again.
 */
function lowerCase(word: string): string {
  if (/^[a-zA-Z0-9]*$/.test(word)) return word.toLowerCase();
  let lower = '';
  for (const letter of word) lower += letter.toUpperCase().toLowerCase();
  return fold(lower);
}

function isAscii(text: string): boolean {
  return !/\P{ASCII}/u.test(text);
}

function shorten(word: string): string {
  return word.length <= LONGEST ? word : [...word].slice(0, LONGEST).join('');
}
