import { CHARACTER, meaningOf } from './character.ts';
import { PairedBrackets } from './paired-brackets.ts';
import {
  endOfEmbedding,
  endOfOdds,
  endOfPlain,
  endOfTag,
  endOfWeight,
  endOfWildcard,
  endOfWord,
  skipBlanks,
} from './look-ahead.ts';
import { KIND, Prompt, Tokens } from './token.ts';
import type { Kind } from './token.ts';

/** Takes a prompt apart, whatever it holds. Never throws; time and space grow with the length only. */
export function parsePrompt(text: string): Prompt {
  return new PromptReader().read(text);
}

/** Takes one prompt apart after the other in the same memory. */
export class PromptReader {
  readonly #tokens = new Tokens();
  readonly #brackets = new PairedBrackets(this.#tokens);

  /** The prompt that was read before holds no longer. */
  read(text: string): Prompt {
    this.#tokens.clear();
    new Reader(text, this.#tokens, this.#brackets).read();
    return new Prompt(text, this.#tokens);
  }
}

class Reader {
  readonly #text: string;
  readonly #tokens: Tokens;
  readonly #brackets: PairedBrackets;
  /** Where the text token that is being read began; -1 between tokens. */
  #from = -1;
  #at = 0;

  constructor(text: string, tokens: Tokens, brackets: PairedBrackets) {
    this.#text = text;
    this.#tokens = tokens;
    this.#brackets = brackets;
  }

  read(): void {
    const text = this.#text;
    while (this.#at < text.length) {
      const at = this.#at;
      const end = endOfPlain(text, at);
      if (end > at) {
        if (this.#from < 0) this.#from = at;
        this.#at = end;
      }
      if (end < text.length) this.#special(meaningOf(text.charCodeAt(end)));
    }
    this.#endText();
    this.#brackets.finish();
  }

  #special(meaning: number): void {
    switch (meaning) {
      case CHARACTER.comma:
        return this.#push(KIND.comma, this.#at + 1);
      case CHARACTER.blank:
        return this.#blanks();
      case CHARACTER.line:
        return this.#push(KIND.line, this.#endOfLine());
      case CHARACTER.open:
        return this.#open();
      case CHARACTER.close:
        return this.#close();
      case CHARACTER.bar:
        return this.#bar();
      case CHARACTER.colon:
        return this.#colon();
      case CHARACTER.less:
        return this.#pushOrKeep(KIND.tag, endOfTag(this.#text, this.#at));
      case CHARACTER.backslash:
        return this.#escape();
      default:
        return this.#word(meaning);
    }
  }

  #word(meaning: number): void {
    const at = this.#at;
    if (meaning === CHARACTER.underscore) this.#pushOrKeep(KIND.wildcard, endOfWildcard(this.#text, at));
    else if (meaning === CHARACTER.letter) this.#letter();
    else if (meaning === CHARACTER.fullStop || this.#endsSentence()) this.#push(KIND.stop, at + 1);
    else this.#keep(1);
  }

  #letter(): void {
    const [text, at] = [this.#text, this.#at];
    const code = text.charCodeAt(at);
    if (code === 66) return this.#pushOrKeep(KIND.pause, endOfWord(text, at, 'BREAK'));
    if (code !== 65) return this.#pushOrKeep(KIND.embedding, endOfEmbedding(text, at));
    const end = endOfWord(text, at, 'AND');
    if (end >= 0) this.#brackets.weighPart();
    return this.#pushOrKeep(KIND.and, end);
  }

  /** Blanks within words belong to them, so that a term is mostly one token. */
  #blanks(): void {
    const end = skipBlanks(this.#text, this.#at + 1);
    const next = end < this.#text.length ? meaningOf(this.#text.charCodeAt(end)) : CHARACTER.line;
    const goesOn =
      this.#from >= 0 && (next === CHARACTER.plain || (next === CHARACTER.letter && !this.#beginsMark(end)));
    if (goesOn) this.#at = end;
    else this.#push(KIND.blank, end);
  }

  #beginsMark(at: number): boolean {
    const text = this.#text;
    const code = text.charCodeAt(at);
    if (code === 66) return endOfWord(text, at, 'BREAK') >= 0;
    return code === 65 ? endOfWord(text, at, 'AND') >= 0 : endOfEmbedding(text, at) >= 0;
  }

  /** `\(` and the like mean the character itself. */
  #escape(): void {
    const next = this.#text.charAt(this.#at + 1);
    this.#keep(next !== '' && '()[]{}\\|:<>_'.includes(next) ? 2 : 1);
  }

  #endOfLine(): number {
    return this.#at + (this.#text.startsWith('\r\n', this.#at) ? 2 : 1);
  }

  /** `red. Blue`, not `1.5`, `v1.0`, `...` or `st.louis`. */
  #endsSentence(): boolean {
    const text = this.#text;
    const before = text.charCodeAt(this.#at - 1);
    if (!(this.#at > 0) || before === 46 || (before >= 48 && before <= 57)) return false;
    if (this.#from < 0 && meaningOf(before) !== CHARACTER.close) return false;
    const after = text.charCodeAt(this.#at + 1);
    return Number.isNaN(after) || [CHARACTER.blank, CHARACTER.line].some((one) => one === meaningOf(after));
  }

  #open(): void {
    const code = this.#text.charCodeAt(this.#at);
    this.#push(KIND.open, this.#at + 1);
    this.#brackets.open(this.#tokens.count - 1, code);
    if (code === 123) this.#odds();
  }

  #close(): void {
    const code = this.#text.charCodeAt(this.#at);
    if (!this.#brackets.awaits(code)) return this.#keep(1);
    this.#push(KIND.close, this.#at + 1);
    this.#brackets.close(this.#tokens.count - 1, code);
  }

  #bar(): void {
    const inner = this.#brackets.inner();
    if (inner !== 91 && inner !== 123) return this.#keep(1);
    this.#push(KIND.bar, this.#at + 1);
    this.#brackets.addChoice();
    if (inner === 123) this.#odds();
  }

  #odds(): void {
    const end = endOfOdds(this.#text, this.#at);
    if (end < 0) return;
    this.#push(KIND.odds, end);
    this.#brackets.addChoice();
  }

  #colon(): void {
    const [text, at] = [this.#text, this.#at];
    const inner = this.#brackets.inner();
    const end = endOfWeight(text, at);
    const next = end < 0 ? Number.NaN : text.charCodeAt(end);
    const isOfGroup = (inner === 40 && next === 41) || (inner === 91 && next === 93);
    if (isOfGroup) return this.#push(KIND.weight, end);
    if (inner === 91) {
      this.#push(KIND.colon, at + 1);
      return this.#brackets.addColon(this.#tokens.count - 1);
    }
    if (inner === 0 && end >= 0 && (end === text.length || endOfWord(text, end, 'AND') >= 0)) {
      this.#push(KIND.weight, end);
      return this.#brackets.addPartWeight(this.#tokens.count - 1);
    }
    return this.#keep(1);
  }

  #pushOrKeep(kind: Kind, end: number): void {
    if (end < 0) this.#keep(1);
    else this.#push(kind, end);
  }

  #keep(length: number): void {
    if (this.#from < 0) this.#from = this.#at;
    this.#at += length;
  }

  #endText(): void {
    if (this.#from < 0) return;
    this.#tokens.add(KIND.text, this.#from);
    this.#from = -1;
  }

  #push(kind: Kind, end: number): void {
    if (this.#from >= 0) this.#endText();
    this.#tokens.add(kind, this.#at);
    this.#at = end;
  }
}
