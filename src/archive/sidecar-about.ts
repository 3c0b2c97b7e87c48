import { plainText } from '../query/plain-text.ts';

/** Characters of descriptions in a note: its forms are small. */
const MOST_ABOUT = 2000;

/** What a version's and its model's descriptions (HTML) say, as the plain text that our notes hold. */
export function aboutText(version: string | null, model: string | null): string {
  const parts = [version, model].map((html) => (html === null ? '' : plainText(html, MOST_ABOUT).trim()));
  return parts.filter(Boolean).join('\n\n').slice(0, MOST_ABOUT).toWellFormed();
}
