import type { TermList } from './term-list.ts';

/** A prompt without the terms of some lists, under a name. */
export interface Variant {
  readonly name: string;
  /** Names of lists. */
  readonly without: readonly string[];
}

/** What a variant's text can not be, a sentence. */
export class VariantError extends Error {}

const ALL = 'all';

/**
 * Reads `NAME=all`, `NAME=all-Clothes` or `NAME=Sex+Etc`; names of lists in any letter case. Throws VariantError.
 */
export function readVariant(text: string, lists: readonly Pick<TermList, 'name'>[]): Variant {
  const [, name, said] = /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(text) ?? [];
  if (name === undefined || said === undefined || said === '')
    throw new VariantError(`"${text}" is no variant: it looks like prompt_with_clothes=all-Clothes.`);
  const [plus = '', ...minus] = said.split('-');
  const isAll = plus.trim().toLowerCase() === ALL;
  const wanted = isAll ? lists.map((list) => list.name) : plus.split('+').map((one) => named(one, lists));
  const kept = new Set(minus.map((one) => named(one, lists)));
  return { name, without: wanted.filter((one) => !kept.has(one)) };
}

function named(text: string, lists: readonly Pick<TermList, 'name'>[]): string {
  const wanted = text.trim().toLowerCase();
  const found = lists.find((list) => list.name.toLowerCase() === wanted)?.name;
  if (found !== undefined) return found;
  const names = lists.map((list) => list.name).join(', ');
  throw new VariantError(`There is no list "${text.trim()}"; the lists are ${names}.`);
}
