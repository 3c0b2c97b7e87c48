/** The site's rating levels, one bit each [notes: enums, NsfwLevel]. */
const LEVELS = { PG: 1, PG13: 2, R: 4, X: 8, XXX: 16, Blocked: 32 } as const;

export type LevelName = keyof typeof LEVELS;

/** Every level a person may ask for: all but Blocked. */
const ALL_LEVELS = 31;
/** What the site calls safe: PG and PG13. */
const SAFE_LEVELS = 3;

const NAMES = Object.keys(LEVELS) as LevelName[];

/** Names of other times and places: those of 2023, groups, spellings of people. */
const OTHER_NAMES: ReadonlyMap<string, number> = new Map([
  ['none', LEVELS.PG],
  ['soft', LEVELS.PG13],
  ['mature', LEVELS.R],
  ['pg13', LEVELS.PG13],
  ['all', ALL_LEVELS],
  ['sfw', SAFE_LEVELS],
  ['safe', SAFE_LEVELS],
  ['nsfw', LEVELS.R | LEVELS.X | LEVELS.XXX],
  ...NAMES.map((name): [string, number] => [name.toLowerCase(), LEVELS[name]]),
]);

/**
 * The level bits of any form the API ever used: a number of bits, a name (`None`, `Soft`, `Mature`, `X`, `Blocked`), or
 * a flag. `true` is taken for R, the mildest of what it covered. `undefined` for anything else.
 */
export function levelOf(value: unknown): number | undefined {
  if (typeof value === 'boolean') return value ? LEVELS.R : LEVELS.PG;
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 0 && value <= 63 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d{1,2}$/.test(text)) return levelOf(Number(text));
  return OTHER_NAMES.get(text.toLowerCase().replaceAll('-', ''));
}

/** The one level of an image out of a value that may hold several bits: the strongest; 0 when unrated. */
export function strongestLevel(bits: number): number {
  return bits <= 0 ? 0 : 2 ** Math.floor(Math.log2(bits));
}

/** The names of the bits, mildest first; empty for 0. */
export function namesOfLevels(bits: number): LevelName[] {
  return NAMES.filter((name) => (bits & LEVELS[name]) !== 0);
}

/**
 * The bits a person means by `PG,PG-13`, `sfw`, `all` or `31`; Blocked is left out, nobody is shown it. `undefined` when
 * a part is not understood or nothing is left.
 */
export function parseLevels(text: string): number | undefined {
  let bits = 0;
  for (const part of text.split(/[\s,|+]+/)) {
    const level = levelOf(part);
    if (level === undefined) return undefined;
    bits |= level;
  }
  const shown = bits & ALL_LEVELS;
  return shown === 0 ? undefined : shown;
}
