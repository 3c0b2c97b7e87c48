import { hash32 } from './random.ts';

const TITLES = [
  'Morning light',
  'Studies in ink',
  'CON',
  'A/B: which? "this" <or> that…',
  '..',
  'Ein sehr langer Titel, '.repeat(12),
  '夜の街',
  'Morning light',
];

/** The title of a post: some have none, two may have the same, and people write anything. */
export function titleOfPost(seed: number, postId: number): string | null {
  const nth = hash32(seed, postId, 'title') % (TITLES.length + 2);
  return TITLES[nth] ?? null;
}
