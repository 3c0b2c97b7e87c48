/** A data file of the gallery, to stand in `gallery.files/`. */
export interface DataFile {
  readonly name: string;
  readonly bytes: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** `JSON.parse('…')` as code: browsers read it faster than the same value as a literal. */
function parseCall(value: unknown): string {
  // Single quotes keep JSON's own double quotes as they are.
  const literal = JSON.stringify(value).replace(/[\\'\u2028\u2029]/g, (char) => ESCAPES[char] ?? char);
  return `JSON.parse('${literal}')`;
}

/** A classic script that sets `window[name]` to the value. */
export function setScript(name: string, value: unknown): string {
  return `window.${name} = ${parseCall(value)};\n`;
}

/** A classic script that appends the value to the list `window[name]`. */
export function pushScript(name: string, value: unknown): string {
  return `(window.${name} ??= []).push(${parseCall(value)});\n`;
}
