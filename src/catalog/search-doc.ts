import { plainText } from '../query/plain-text.ts';
import { termsOf } from '../query/terms.ts';

/** Terms a document: bounds the index where a description is a book. */
const MOST_TERMS = 3000;
/** Characters of a description that are searched. */
const MOST_ABOUT = 20_000;

/** What a file is found by. */
export interface Searchable {
  /** Model, version, file: what people call it. Terms of these stand first, and what is found by them comes first. */
  readonly names: readonly (string | null)[];
  /** Creator, base model, type, folder, words, tags, other file names. */
  readonly words: readonly (string | null)[];
  /** HTML. */
  readonly descriptions: readonly (string | null)[];
}

/** The terms of a search document, joined by blanks, each once. */
export function termsText(searchable: Searchable): string {
  const about = searchable.descriptions.map((html) => (html === null ? '' : plainText(html, MOST_ABOUT)));
  const text = [...searchable.names, ...searchable.words, ...about].map((part) => part ?? '').join('\n');
  return termsOf(text).slice(0, MOST_TERMS).join(' ');
}
