import { copyAndTell } from '../browse/copy-and-tell.ts';

/** Copies what is known of an image, `what` naming it, and says so; or that there is nothing to copy. */
export function copyWords(text: string, what: string, tell: (words: string) => void): void {
  if (text.trim() === '') tell(`No ${what} is known`);
  else copyAndTell(text, `Copied ${what}`, tell);
}
