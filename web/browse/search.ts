import { queryTerms, termsOf } from '../../src/query/terms.ts';

/**
 * The words of every card, made little by little after the cards stand: reading 10,000 descriptions takes most of a
 * second, a slice of it a few milliseconds.
 */
export interface SearchIndex {
  /** Reads on for about this long; true when everything has been read. */
  readOn(milliseconds: number): boolean;
  readonly complete: boolean;
  /** 1 for each card read so far that answers the query; `undefined` when the query asks for nothing. */
  find(query: string): Uint8Array | undefined;
}

interface Asked {
  /** Texts that must be in a card's words, each with a blank before it. */
  readonly needles: readonly string[];
  readonly refused: readonly string[];
}

/** An index over `count` texts; one that is `undefined` is not there yet, and is waited for. */
export function termIndex(count: number, textOf: (at: number) => string | undefined): SearchIndex {
  // Blanks on both sides: a whole term is ` term `, a beginning ` ter`.
  const texts: string[] = [];
  const readOn = (milliseconds: number): boolean => {
    const until = performance.now() + milliseconds;
    while (texts.length < count) {
      const text = textOf(texts.length);
      if (text === undefined) break;
      texts.push(` ${termsOf(text).join(' ')} `);
      if (texts.length % 16 === 0 && performance.now() >= until) break;
    }
    return texts.length >= count;
  };
  return {
    readOn,
    get complete() {
      return texts.length >= count;
    },
    find(query) {
      const asked = parseQuery(query);
      if (asked.needles.length + asked.refused.length === 0) return undefined;
      const found = new Uint8Array(count);
      for (const [card, text] of texts.entries()) if (answersAll(text, asked)) found[card] = 1;
      return found;
    },
  };
}

function answersAll(text: string, { needles, refused }: Asked): boolean {
  for (const needle of needles) if (!text.includes(needle)) return false;
  for (const needle of refused) if (text.includes(needle)) return false;
  return true;
}

/** What was typed: words that must be there, and words after a minus that must not. The last before each comma may go on. */
export function parseQuery(query: string): Asked {
  const parts = query.split(',').map(parsePart);
  return {
    needles: parts.flatMap((part) => part.needles),
    refused: parts.flatMap((part) => part.refused),
  };
}

function parsePart(query: string): Asked {
  const plain: string[] = [];
  const refused: string[] = [];
  for (const word of query.split(/\s+/u)) {
    if (word.startsWith('-') && word.length > 1) {
      const { whole, start } = queryTerms(word);
      refused.push(...whole.map((term) => ` ${term} `), ...(start === undefined ? [] : [` ${start}`]));
    } else plain.push(word);
  }
  const { whole, start } = queryTerms(plain.join(' '));
  return {
    needles: [...(start === undefined ? [] : [` ${start}`]), ...whole.map((term) => ` ${term} `)],
    refused,
  };
}
