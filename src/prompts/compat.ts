/**
 * The filter of an older downloader, told by told quirk: nested groups leak, a group loses the weight that stood at a term
 * it lost, of several LoRAs the last one stays, BREAKFAST becomes FAST. For those who compare with files of its making.
 */
import type { Filtered, Removed } from './filter.ts';
import type { TermList } from './term-list.ts';
import type { Variant } from './variant.ts';

const TAG = /<lora:[^<>]*>/g;

/** The variants of a prompt as that program made them. Its lists know neither `_` for a blank nor other modes. */
export function openCompatFilter(options: {
  readonly lists: readonly TermList[];
  readonly variants: readonly Variant[];
}): (text: string) => ReadonlyMap<string, Filtered> {
  const lists = options.lists.map(({ name, terms }) => ({ name, keys: new Set(terms.map(compatKey)) }));
  const variants = options.variants.map(({ name, without }) => ({
    name,
    lists: lists.filter((list) => without.includes(list.name)),
  }));
  return (text) => new Map(variants.map((variant) => [variant.name, filtered(text, variant.lists)]));
}

/** The terms of a prompt as that program collected them. */
export function compatTerms(text: string): string[] {
  return partsOf(text.replace(/[\r\n]/g, ' ').replace(TAG, ','))
    .map(compatKey)
    .filter((key) => key !== '');
}

type Lists = readonly { readonly name: string; readonly keys: ReadonlySet<string> }[];

/** Puts the last LoRA in front and ends with a comma; nothing left is nothing. */
function filtered(text: string, lists: Lists): Filtered {
  const flat = text.replace(/\r\n|[\r\n]/g, ' ');
  const tag = lastTag(flat);
  const removed: Removed[] = [];
  const isWanted = (part: string): boolean => {
    const key = compatKey(part);
    const list = lists.find(({ keys }) => keys.has(key));
    if (list !== undefined) removed.push({ term: part, list: list.name });
    return list === undefined;
  };
  const kept = survivors(partsOf(flat.replace(TAG, '')), isWanted);
  const all = tag === undefined ? kept : [tag, ...kept];
  return { text: all.length === 0 ? '' : `${all.join(', ')},`, removed };
}

function lastTag(text: string): string | undefined {
  const inner = text.match(TAG)?.at(-1)?.slice('<lora:'.length, -1);
  if (inner === undefined) return undefined;
  const [name = '', weight = '1'] = inner.split(':');
  return `<lora:${name}:${weight}>`;
}

/** Every BREAK is a comma, in words too. */
function partsOf(text: string): string[] {
  return text
    .replaceAll('BREAK', ',')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A part that begins with `(` opens a group, the next one that ends with `)` closes it; one without an end is left alone. */
function survivors(parts: readonly string[], isWanted: (part: string) => boolean): string[] {
  const kept: string[] = [];
  let open: string[] = [];
  for (const part of parts) {
    const isInGroup = open.length > 0 || part.startsWith('(');
    if (!isInGroup) {
      if (isWanted(part)) kept.push(part);
      continue;
    }
    open.push(part);
    if (!part.endsWith(')')) continue;
    const left = membersOf(open).filter(isWanted);
    if (left.length > 0) kept.push(`(${left.join(', ')})`);
    open = [];
  }
  return [...kept, ...open];
}

/** One level of brackets is taken off. */
function membersOf(group: readonly string[]): string[] {
  return group
    .join(', ')
    .slice(1, -1)
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function compatKey(part: string): string {
  const trimmed = part.trim();
  const bare =
    trimmed.length > 1 && trimmed.startsWith('(') && trimmed.endsWith(')') ? trimmed.slice(1, -1) : trimmed;
  const colon = bare.lastIndexOf(':');
  const isWeighed = colon >= 0 && /^\s*\d+(?:\.\d+)?\s*$/.test(bare.slice(colon + 1));
  return (isWeighed ? bare.slice(0, colon) : bare).replace(/\s+/g, ' ').trim().toLowerCase();
}
