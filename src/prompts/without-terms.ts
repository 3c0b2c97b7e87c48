import { isLoraTag } from './lora-tag.ts';
import { NumberStack } from './number-stack.ts';
import { RestPrinter } from './rest-printer.ts';
import { isSaid, KIND } from './token.ts';
import type { Kind, Prompt } from './token.ts';

/** Which tags of LoRAs and the like stay. */
export type KeptTags = 'all' | 'last' | 'none';

export const KEPT_TAGS: readonly KeptTags[] = ['all', 'last', 'none'];

/** Tokens that go: from `from` to before `to`. */
export interface TokenRange {
  readonly from: number;
  readonly to: number;
}

/** Room for one mark a token, used again from prompt to prompt. */
export class CutMarks {
  #marks = new Uint8Array(1024);

  /** At least `count` marks, all 0. */
  begin(count: number): Uint8Array {
    if (this.#marks.length < count) this.#marks = new Uint8Array(count * 2);
    else this.#marks.fill(0, 0, count);
    return this.#marks;
  }
}

/** The text of a prompt without some of its terms: groups that are empty by that vanish, all else stays as it stands. */
export function withoutTerms(
  prompt: Prompt,
  terms: readonly TokenRange[],
  { tags = 'all', marks = new CutMarks() }: { readonly tags?: KeptTags; readonly marks?: CutMarks } = {},
): string {
  const goneTagTokens = tags === 'all' ? [] : goneTags(prompt, tags);
  if (terms.length === 0 && goneTagTokens.length === 0) return prompt.text;
  const gone = marks.begin(prompt.count);
  for (const at of goneTagTokens) gone[at] = 1;
  for (const { from, to } of terms)
    for (let at = from; at < to; at += 1) if (isSaid(prompt.kind(at))) gone[at] = 1;
  dropEmptied(prompt, gone);
  return printRest(prompt, gone);
}

function printRest(prompt: Prompt, gone: Uint8Array): string {
  const printer = new RestPrinter(prompt.text);
  const last = lastAlive(prompt, gone);
  for (let at = 0; at < prompt.count; at += 1) {
    const kind = prompt.kind(at);
    if (gone[at] === 1) {
      printer.cut();
      // What stands in a group that vanishes is not looked at.
      if (opens(kind)) at = endOfGroup(prompt, at);
    } else if (isSaid(kind)) printer.say(prompt.start(at), prompt.end(at));
    else if (printer.isClean && leadsOn(prompt, gone, at, kind))
      printer.pass(prompt.start(at), prompt.end(at));
    else if (kind === KIND.loose && at > last) printer.cut();
    else printToken(printer, prompt, at, kind);
  }
  return printer.end();
}

function printToken(printer: RestPrinter, prompt: Prompt, at: number, kind: Kind): void {
  const start = prompt.start(at);
  const end = prompt.end(at);
  if (kind === KIND.blank) printer.blank(start, end);
  else if (kind === KIND.comma) printer.part(0, start, end);
  else if (kind === KIND.line) printer.part(1, start, end);
  else if (kind === KIND.pause || kind === KIND.and) printer.part(2, start, end);
  else if (opens(kind)) printer.open(start, end);
  else if (closes(kind)) printer.close(start, end);
  else if (kind === KIND.weight && !closes(prompt.kind(at + 1))) printer.weight(start, end);
  else printer.edge(start, end);
}

/** True for a comma or blank after which something stays: it stays too, and needs no holding back. */
function leadsOn(prompt: Prompt, gone: Uint8Array, at: number, kind: Kind): boolean {
  if (kind !== KIND.comma && kind !== KIND.blank) return false;
  const next = prompt.kind(at + 1) === KIND.blank ? at + 2 : at + 1;
  return gone[next] === 0 && isSaid(prompt.kind(next));
}

function opens(kind: Kind): boolean {
  return kind === KIND.open || kind === KIND.choose;
}

function closes(kind: Kind): boolean {
  return kind === KIND.close || kind === KIND.chosen;
}

function endOfGroup(prompt: Prompt, open: number): number {
  let depth = 0;
  for (let at = open; at < prompt.count; at += 1) {
    const kind = prompt.kind(at);
    if (opens(kind)) depth += 1;
    else if (closes(kind)) depth -= 1;
    if (depth === 0) return at;
  }
  return prompt.count;
}

function goneTags(prompt: Prompt, kept: 'last' | 'none'): number[] {
  const all: number[] = [];
  for (let at = 0; at < prompt.count; at += 1)
    if (prompt.kind(at) === KIND.tag && isLoraTag(prompt.textOf(at))) all.push(at);
  return kept === 'last' ? all.slice(0, -1) : all;
}

/** What is known of what stands in a group. */
const SAYS_ANY = 1;
const IS_CUT = 2;

/** Marks groups of which something went and nothing is left. */
function dropEmptied(prompt: Prompt, gone: Uint8Array): void {
  const opened = new NumberStack();
  const facts = new NumberStack();
  for (let at = 0; at < prompt.count; at += 1) {
    const kind = prompt.kind(at);
    if (opens(kind)) {
      opened.push(at);
      facts.push(0);
    } else if (opened.size === 0) continue;
    else if (isSaid(kind)) facts.top |= gone[at] === 1 ? IS_CUT : SAYS_ANY;
    else if (closes(kind)) {
      const open = opened.pop() ?? 0;
      const isEmptied = facts.pop() === IS_CUT;
      if (isEmptied) gone[open] = gone[at] = 1;
      facts.top |= isEmptied ? IS_CUT : SAYS_ANY;
    }
  }
}

function lastAlive(prompt: Prompt, gone: Uint8Array): number {
  for (let at = prompt.count - 1; at >= 0; at -= 1) if (gone[at] === 0 && isSaid(prompt.kind(at))) return at;
  return -1;
}
