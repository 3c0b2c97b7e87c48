import { openMatcher } from './matcher.ts';
import type { Matcher } from './matcher.ts';
import { PromptReader } from './parse.ts';
import { findTerms } from './terms.ts';
import type { TermList } from './term-list.ts';
import type { Prompt } from './token.ts';
import type { Variant } from './variant.ts';
import { CutMarks, withoutTerms } from './without-terms.ts';
import type { KeptTags } from './without-terms.ts';

/** A term that was taken out, and the list that asked for it. */
export interface Removed {
  /** As it stood in the prompt. */
  readonly term: string;
  readonly list: string;
}

/** A prompt as a variant has it. */
export interface Filtered {
  readonly text: string;
  /** In the order of the prompt; each by the first list of the variant that means it. */
  readonly removed: readonly Removed[];
}

export interface FilterOptions {
  readonly lists: readonly TermList[];
  readonly variants: readonly Variant[];
  readonly tags?: KeptTags;
}

/** Makes the variants of prompts: by their names, in the order they were given. */
export type PromptFilter = (text: string) => ReadonlyMap<string, Filtered>;

/** Makes lists and variants ready for many prompts. */
export function openFilter({ lists, variants, tags = 'all' }: FilterOptions): PromptFilter {
  const matcher = openMatcher(lists);
  const masks = variants.map((variant) => ({ name: variant.name, mask: maskOf(variant, matcher) }));
  const reader = new PromptReader();
  const marks = new CutMarks();
  return (text) => {
    const prompt = reader.read(text);
    const found = meantTerms(prompt, matcher);
    const made = new Map<string, Filtered>();
    let before: { readonly out: readonly Meant[]; readonly text: string } | undefined;
    for (const { name, mask } of masks) {
      const out: Meant[] = [];
      const removed: Removed[] = [];
      for (const one of found) {
        if ((one.bits & mask) === 0) continue;
        out.push(one);
        removed.push({ term: one.said, list: listName(matcher, one.bits & mask) });
      }
      const isSame = before?.out.length === out.length && before.out.every((one, at) => one === out[at]);
      const left = isSame && before !== undefined ? before.text : withoutTerms(prompt, out, { tags, marks });
      before = { out, text: left };
      made.set(name, { text: left, removed });
    }
    return made;
  };
}

/** A term that lists mean, as the tokens from `from` to before `to`. */
interface Meant {
  readonly from: number;
  readonly to: number;
  readonly bits: number;
  readonly said: string;
}

function meantTerms(prompt: Prompt, matcher: Matcher): Meant[] {
  const found: Meant[] = [];
  findTerms(prompt, {
    isWhole: (from, to) => matcher.matchExact(prompt, from, to) !== 0,
    take(from, to) {
      const bits = matcher.match(prompt, from, to);
      if (bits === 0) return;
      const said = prompt.text.slice(prompt.start(from), prompt.end(to - 1));
      found.push({ from, to, bits, said });
    },
  });
  return found;
}

/** The first of the lists that the bits name. */
function listName({ lists }: Matcher, bits: number): string {
  return lists[31 - Math.clz32(bits & -bits)]?.name ?? '';
}

function maskOf(variant: Variant, { lists }: Matcher): number {
  let mask = 0;
  for (const [index, list] of lists.entries()) if (variant.without.includes(list.name)) mask |= 1 << index;
  return mask;
}
