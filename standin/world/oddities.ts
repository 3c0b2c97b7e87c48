/**
 * What is unusual about a model. Each of these sits on one fixed ordinal below 100, so that every world of a hundred
 * models has them all; beyond the first 200 models they come once in 2,000, as rare as on the site.
 */
const SLOTS = {
  3: 'archived',
  5: 'taken-down',
  7: 'unrated',
  9: 'minor',
  11: 'stats-hidden',
  13: 'early-access',
  15: 'generation-only',
  17: 'private-file',
  19: 'linked-vae',
  21: 'long-autov3',
  23: 'pending-scan',
  25: 'script-text',
  27: 'handler-text',
  29: 'right-to-left',
  31: 'cjk',
  33: 'emoji',
  35: 'same-file-names',
  37: 'bytes-of-neighbour',
  39: 'same-bytes-in-versions',
  41: 'by-system',
  43: 'by-deleted-user',
  45: 'poi',
  47: 'unpublished',
  49: 'draft-version',
  51: 'no-versions',
  53: 'no-files',
  55: 'no-images',
  57: 'odd-words',
  59: 'many-versions',
  61: 'long-description',
  63: 'illegal-name',
  65: 'danger',
  67: 'superseded-file',
  69: 'no-public-file',
  71: 'css-text',
  73: 'script-links',
  75: 'private-model',
  77: 'long-name',
  79: 'sfw-only',
  81: 'pickle',
  83: 'gguf',
  85: 'same-bytes-in-version',
  87: 'many-images',
  89: 'videos',
  91: 'no-description',
  93: 'scan-error',
  95: 'requires-login',
  97: 'archive',
} as const;

export type Oddity = (typeof SLOTS)[keyof typeof SLOTS];

/** The oddity of the model made as number `ordinal`, counted from 0. */
export function oddityOf(ordinal: number): Oddity | undefined {
  const slot = ordinal < 200 ? ordinal : ordinal % 2_000;
  return (SLOTS as Readonly<Record<number, Oddity>>)[slot];
}

/** Every oddity there is, for tests and worlds that want to name one. */
export const ODDITIES: readonly Oddity[] = Object.values(SLOTS);

/** The first model that has it. */
export function ordinalOf(oddity: Oddity): number {
  const found = Object.entries(SLOTS).find(([, name]) => name === oddity);
  if (found === undefined) throw new RangeError(`No such oddity: ${oddity}`);
  return Number(found[0]);
}
