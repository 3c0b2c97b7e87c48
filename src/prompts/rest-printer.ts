import { NumberStack } from './number-stack.ts';

/** A comma parts least, a line break more, BREAK and AND most. */
type Level = 0 | 1 | 2;

/** A mark that parts, held back until something follows it. */
interface Held {
  readonly level: Level;
  /** Where it stands in the text, with the blanks before it. */
  readonly start: number;
  readonly end: number;
  /** The least level of a mark that falls away next, because what stood since was cut; UNCUT for none. */
  cut: number;
}

const UNCUT = 9;

/** What is open: the prompt itself or a group in it. */
interface Open {
  /** True when something was printed since it opened, or since its last bar. */
  isAlive: boolean;
  /** As in Held, for what stands before the first mark. */
  cut: number;
}

/**
 * Prints what is left of a text when parts of it are cut. With a part goes one mark beside it: the comma that follows, or
 * at an end the one before; a line, or a part between BREAKs, that is cut whole goes with its own mark.
 */
export class RestPrinter {
  readonly #text: string;
  #printed = '';
  /** A stretch of the text that is to be printed as it stands. */
  #from = 0;
  #to = 0;
  /** Marks since the last thing printed. */
  #held: Held[] = [];
  /** Blanks since the last mark or thing. */
  #blankStart = -1;
  #blankEnd = -1;
  #skipsBlanks = false;
  readonly #here: Open = { isAlive: false, cut: UNCUT };
  /** What is open around it, each packed into a number. */
  readonly #outer = new NumberStack();
  #saysAny = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Something was cut here. */
  cut(): void {
    const last = this.#held.at(-1) ?? this.#here;
    last.cut = 0;
    this.#skipsBlanks = true;
  }

  blank(start: number, end: number): void {
    if (this.#skipsBlanks) return;
    this.#blankStart = start;
    this.#blankEnd = end;
  }

  /** True when nothing is held back. */
  get isClean(): boolean {
    return this.#held.length === 0 && this.#blankStart < 0 && !this.#skipsBlanks;
  }

  /** Prints a mark or blank that something follows. */
  pass(start: number, end: number): void {
    this.#print(start, end);
  }

  say(start: number, end: number): void {
    if (this.isClean) return this.#say(start, end);
    // What stood on both sides of a cut does not grow together.
    const mayMerge = this.#skipsBlanks && this.#here.isAlive && this.#held.length === 0;
    if (mayMerge && this.#blankStart < 0) this.#space();
    this.#flush();
    this.#say(start, end);
  }

  #say(start: number, end: number): void {
    this.#print(start, end);
    this.#saysAny = true;
    this.#here.isAlive = true;
    this.#here.cut = UNCUT;
  }

  /** A mark between parts. */
  part(level: Level, start: number, end: number): void {
    if (this.#held.length > 0) this.#dropDangling(level);
    const before = this.#partBefore();
    if (before !== undefined && (before.cut <= level || this.#isSecondGap(level))) {
      before.cut = level + 1;
      this.#skipsBlanks = true;
      return;
    }
    const hasBlanks = this.#blankStart >= 0 && !this.#skipsBlanks;
    if (this.#skipsBlanks && level === 2 && this.#held.length === 0) this.#space();
    this.#held.push({ level, start: hasBlanks ? this.#blankStart : start, end, cut: UNCUT });
    this.#blankStart = -1;
    this.#skipsBlanks = false;
  }

  open(start: number, end: number): void {
    this.say(start, end);
    this.#outer.push(this.#here.cut * 2 + Number(this.#here.isAlive));
    this.#beginHere();
  }

  /** A mark within a group that stays whatever happens beside it. */
  edge(start: number, end: number): void {
    this.#finishPart();
    this.#print(start, end);
    this.#beginHere();
  }

  close(start: number, end: number): void {
    this.#finishPart();
    this.#print(start, end);
    const outer = this.#outer.pop();
    if (outer === undefined) return;
    this.#here.isAlive = (outer & 1) === 1;
    this.#here.cut = outer >>> 1;
  }

  #beginHere(): void {
    this.#here.isAlive = false;
    this.#here.cut = UNCUT;
  }

  /** The weight of a part between ANDs; goes with a part that is cut. */
  weight(start: number, end: number): void {
    this.#dropDangling(2);
    const before = this.#partBefore();
    if (before !== undefined && before.cut < UNCUT) return;
    this.#flush();
    this.#print(start, end);
  }

  end(): string {
    this.#finishPart();
    this.#endStretch();
    return this.#saysAny ? this.#printed : '';
  }

  /** The mark that what was just read follows, or what is open when it is the first there. */
  #partBefore(): Held | Open | undefined {
    return this.#held.at(-1) ?? (this.#here.isAlive ? undefined : this.#here);
  }

  /** A paragraph that was cut leaves one empty line, not two. */
  #isSecondGap(level: Level): boolean {
    const last = this.#held.at(-1);
    return level === 1 && last?.cut === 2 && last.level === 1 && this.#held.at(-2)?.level === 1;
  }

  #flush(): void {
    for (const { start, end } of this.#held) this.#print(start, end);
    if (this.#held.length > 0) this.#held = [];
    if (this.#blankStart >= 0) this.#print(this.#blankStart, this.#blankEnd);
    this.#blankStart = -1;
    this.#skipsBlanks = false;
  }

  #finishPart(): void {
    this.#dropDangling(UNCUT);
    if (this.#skipsBlanks) this.#blankStart = -1;
    this.#flush();
  }

  /** Marks of a lower level after which all was cut. */
  #dropDangling(level: number): void {
    for (let last = this.#held.at(-1); last !== undefined; last = this.#held.at(-1)) {
      if (last.level >= level || last.cut > last.level) return;
      this.#held.pop();
      this.#blankStart = -1;
    }
  }

  #space(): void {
    this.#endStretch();
    this.#printed += ' ';
  }

  #print(start: number, end: number): void {
    if (start === this.#to) {
      this.#to = end;
      return;
    }
    this.#endStretch();
    this.#from = start;
    this.#to = end;
  }

  #endStretch(): void {
    if (this.#to > this.#from) this.#printed += this.#text.slice(this.#from, this.#to);
    this.#from = this.#to;
  }
}
