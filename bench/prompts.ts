/**
 * How many prompts a second one core takes apart and filters by three lists of 5,000 terms, and whether twice the text
 * takes twice the time.
 */
import { openFilter } from '../src/prompts/filter.ts';
import type { PromptFilter } from '../src/prompts/filter.ts';
import type { TermList } from '../src/prompts/term-list.ts';
import { median, printResults } from './result.ts';
import type { BenchResult } from './result.ts';

export interface PromptsBenchOptions {
  readonly prompts?: number;
  readonly rounds?: number;
}

const VARIANTS = [
  { name: 'prompt', without: ['Sex', 'Clothes', 'Etc'] },
  { name: 'prompt_with_clothes', without: ['Sex', 'Etc'] },
];

/** Filters made-up prompts of the length of real ones, beside a bare cut at every comma. */
export async function run({ prompts = 100_000, rounds = 5 }: PromptsBenchOptions = {}): Promise<
  BenchResult[]
> {
  const { words, chance, filter, texts, lists } = makeSample(prompts);
  const length = texts.reduce((sum, text) => sum + text.length, 0) / prompts;
  const speeds: number[] = [];
  const bare: number[] = [];
  let removed = 0;
  for (let round = 0; round < rounds; round += 1) {
    const seconds = busy(() => {
      removed = filterAll(filter, texts);
    });
    speeds.push(prompts / seconds);
    let parts = 0;
    const cut = busy(() => {
      for (const text of texts) parts += text.split(',').length;
    });
    bare.push(prompts / cut);
    if (parts < prompts) throw new Error('The prompts hold no commas.');
  }
  if (removed < prompts) throw new Error(`Only ${removed} terms were taken out of ${prompts} prompts.`);
  return [
    {
      name: `filter ${prompts} prompts by three lists of ${LIST_TERMS} terms`,
      target: '>= 50000',
      figure: Math.round(median(speeds)),
      unit: 'prompts/s of one core',
      pass: median(speeds) >= 50_000,
      detail: `two variants each, ${length.toFixed(0)} characters and ${(removed / prompts).toFixed(1)} terms taken out on average; a bare cut at commas ${median(bare).toFixed(0)} prompts/s; median of ${rounds}`,
    },
    growth(filter, shapesOf(words, chance, lists[0]?.terms[0] ?? ''), rounds),
  ];
}

const LIST_TERMS = 5000;
/** The lengths compared, in characters: four doublings, so that one disturbed run or the edge of a cache counts little. */
const SHORT = 8 * 1024;
const DOUBLINGS = 4;
const LONG = SHORT * 2 ** DOUBLINGS;

export function makeSample(prompts: number): Sample {
  const chance = chanceOf(7);
  const words = vocabulary(20_000, chance);
  const lists = listsOf(words, chance);
  const filter = openFilter({ lists, variants: VARIANTS });
  // By way of bytes, as they come from files: V8 keeps joined texts as trees.
  const texts = Array.from({ length: prompts }, () => Buffer.from(promptOf(words, chance)).toString());
  return { words, chance, filter, texts, lists };
}

interface Sample {
  readonly words: readonly string[];
  readonly chance: () => number;
  readonly filter: PromptFilter;
  readonly texts: readonly string[];
  readonly lists: readonly TermList[];
}

function filterAll(filter: PromptFilter, texts: readonly string[]): number {
  let removed = 0;
  for (const text of texts) removed += filter(text).get('prompt')?.removed.length ?? 0;
  return removed;
}

/** Texts of LONG characters and more. `term` is taken out. */
function shapesOf(
  words: readonly string[],
  chance: () => number,
  term: string,
): Readonly<Record<string, string>> {
  const full = (piece: string): string => piece.repeat(Math.ceil(LONG / piece.length));
  return {
    ordinary: Array.from({ length: 600 }, () => promptOf(words, chance)).join(', '),
    'deep brackets': full('('),
    'deep square brackets': full('['),
    'deep braces': full('{'),
    'deep less-than signs': full('<'),
    'deep mixed brackets': full('([{<'),
    'crossed brackets': full('([)]{(})'),
    'closed brackets': full(`${'('.repeat(1 << 11)}a${')'.repeat(1 << 11)}, `),
    'deep groups that lose a term': full(`(${term}, `),
    'groups that vanish': full(`((${term})), `),
    alternations: full('[a|'),
    choices: full('{2$$a|b}, '),
    escapes: full('\\('),
    'open tags': full('<lora:a'),
    colons: full('[a:'),
    underscores: full('__a'),
    'empty lines': full(`${words[0] ?? ''}\n, `),
    sentences: full('a cat. '),
  };
}

/** A prompt of 8 Ki characters against one of 128 Ki, one shape after the other; what a doubling takes, and the worst counts. */
function growth(filter: PromptFilter, shapes: Readonly<Record<string, string>>, rounds: number): BenchResult {
  const ratios = Object.entries(shapes).map(([name, text]) => {
    const samples = [text.slice(0, SHORT), text.slice(0, LONG)];
    const best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    // In turns, so that what disturbs one disturbs the other.
    for (let round = 0; round < rounds * 20; round += 1)
      for (const [at, sample] of samples.entries())
        best[at] = Math.min(
          best[at] ?? 0,
          timed(() => filter(sample)),
        );
    return { name, ratio: ((best[1] ?? 0) / (best[0] ?? 1)) ** (1 / DOUBLINGS) };
  });
  const worst = ratios.reduce((one, other) => (other.ratio > one.ratio ? other : one));
  return {
    name: 'time for a prompt of twice the length',
    target: '<= 2.2',
    figure: Math.round(worst.ratio * 100) / 100,
    unit: 'x',
    pass: worst.ratio <= 2.2,
    detail: `the worst of ${ratios.map(({ name, ratio }) => `${name} ${ratio.toFixed(2)}`).join(', ')}; mean of ${DOUBLINGS} doublings from ${SHORT / 1024} Ki characters, best of ${rounds * 20} each`,
  };
}

function timed(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

/** Seconds that the processor worked, the collector of garbage included: what else runs on the machine counts little. */
function busy(work: () => unknown): number {
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
}

function vocabulary(size: number, chance: () => number): string[] {
  const syllables = [
    'ka',
    'ri',
    'to',
    'blue',
    'hair',
    'sky',
    'lo',
    'mi',
    'ne',
    'dress',
    'sun',
    've',
    'or',
    'hat',
  ];
  const part = (): string => pick(syllables, chance) + (chance() < 0.5 ? pick(syllables, chance) : '');
  return Array.from({ length: size }, (_, index) => {
    const words = Array.from({ length: 1 + Math.floor(chance() * 3) }, part);
    return `${words.join(chance() < 0.2 ? '_' : ' ')}${index % 7 === 0 ? index : ''}`;
  });
}

function listsOf(words: readonly string[], chance: () => number): TermList[] {
  return ['Sex', 'Clothes', 'Etc'].map((name) => ({
    name,
    mode: 'exact',
    terms: Array.from(
      { length: LIST_TERMS },
      (_, index) => `${pick(words, chance)}${index % 20 === 0 ? '' : ` ${index}`}`,
    ),
  }));
}

/** About 25 terms, some weighed, some in groups, a LoRA or two, now and then a BREAK or a sentence. */
function promptOf(words: readonly string[], chance: () => number): string {
  const terms = Array.from({ length: 12 + Math.floor(chance() * 24) }, () => {
    const term = pick(words, chance);
    const shape = chance();
    if (shape < 0.08) return `(${term}:1.${Math.floor(chance() * 9)})`;
    if (shape < 0.12) return `((${term}, ${pick(words, chance)}))`;
    if (shape < 0.13) return `[${term}|${pick(words, chance)}]`;
    if (shape < 0.14) return `${term} BREAK ${pick(words, chance)}`;
    if (shape < 0.15) return `${term} \\(${pick(words, chance)}\\)`;
    return shape < 0.17 ? `A ${term} with a ${pick(words, chance)} in the sun.` : term;
  });
  return `${terms.join(', ')}, <lora:${pick(words, chance)}:0.8>`;
}

function pick<T>(items: readonly T[], chance: () => number): T {
  const item = items[Math.floor(chance() * items.length)];
  if (item === undefined) throw new Error('There is nothing to pick from.');
  return item;
}

/** Numbers that look random and are the same in every run. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

if (import.meta.main) {
  const [prompts, rounds] = process.argv.slice(2).map(Number);
  printResults(await run({ ...(prompts ? { prompts } : {}), ...(rounds ? { rounds } : {}) }));
}
