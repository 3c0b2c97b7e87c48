import { KIND } from './token.ts';
import type { Prompt } from './token.ts';

/** A tag that loads a LoRA or its kin. */
export interface LoraTag {
  /** As written, brackets included. */
  readonly text: string;
  /** `lora`, `lyco`, `hypernet` … in lower case. */
  readonly kind: string;
  readonly name: string;
  /** What follows the name, colon included, as written; mostly a weight. */
  readonly rest: string;
}

const TAG = /^<(lora|lyco|hypernet|locon|loha|lokr|dora):([^:<>]*)([^<>]*)>$/i;

/** True for a tag that loads a LoRA or its kin, in any letter case. */
export function isLoraTag(text: string): boolean {
  return TAG.test(text);
}

/** A tag taken apart; `undefined` for what is none of a LoRA or its kin. */
export function readLoraTag(text: string): LoraTag | undefined {
  const match = TAG.exec(text);
  if (match === null) return undefined;
  const [, kind = '', name = '', rest = ''] = match;
  return { text, kind: kind.toLowerCase(), name: name.trim(), rest };
}

/** The tags of a prompt in their order. */
export function loraTagsOf(prompt: Prompt): LoraTag[] {
  const tags: LoraTag[] = [];
  for (let at = 0; at < prompt.count; at += 1) {
    const tag = prompt.kind(at) === KIND.tag ? readLoraTag(prompt.textOf(at)) : undefined;
    if (tag !== undefined) tags.push(tag);
  }
  return tags;
}
