import { loraTagsOf, readLoraTag } from './lora-tag.ts';
import { parsePrompt } from './parse.ts';
import { KIND } from './token.ts';

export interface RebuildOptions {
  /** The name that the LoRA has now. */
  readonly lora: string;
  /** The name that it had: tags with it get the new name and keep their weight. */
  readonly from?: string | undefined;
}

/** A prompt that loads a LoRA under the name it has now. */
export interface Rebuilt {
  readonly text: string;
  /** The tag that loads it. */
  readonly tag: string;
}

/** Double `_` is one, letter case counts nothing: what tools make of one name. */
export function sameLora(one: string, other: string): boolean {
  return plain(one) === plain(other);
}

function plain(name: string): string {
  return name.trim().replaceAll('__', '_').toLowerCase();
}

/**
 * Gives tags of the LoRA's old name its new one. A tag that has the new name stays as it is written, the last one counts;
 * where there is none, one with weight 1 is put in front. All other tags stay in their places.
 */
export function rebuildPrompt(raw: string, { lora, from }: RebuildOptions): Rebuilt {
  const text = from === undefined ? raw : renamed(raw, from, lora);
  const tag = loraTagsOf(parsePrompt(text)).findLast(({ name }) => sameLora(name, lora))?.text;
  if (tag !== undefined) return { text, tag };
  const added = `<lora:${lora}:1>`;
  return { text: text.trim() === '' ? added : `${added}, ${text.trimStart()}`, tag: added };
}

function renamed(raw: string, from: string, to: string): string {
  const prompt = parsePrompt(raw);
  let text = '';
  for (let at = 0; at < prompt.count; at += 1) {
    const said = prompt.textOf(at);
    const tag = prompt.kind(at) === KIND.tag ? readLoraTag(said) : undefined;
    const isMeant = tag !== undefined && sameLora(tag.name, from);
    text += isMeant ? `<${said.slice(1, said.indexOf(':'))}:${to}${tag.rest}>` : said;
  }
  return text;
}
