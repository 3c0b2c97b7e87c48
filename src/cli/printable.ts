/** Control characters of both sets but tab and newline, and marks that turn the direction of text. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const UNPRINTABLE = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

/**
 * A text that a terminal only shows: names of files and models and the metadata in headers come from strangers, and
 * could otherwise move the cursor, set the title or hide what follows.
 */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNPRINTABLE, '\uFFFD');
}
