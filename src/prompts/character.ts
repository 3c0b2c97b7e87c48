/** What a character may mean in a prompt. */
export const CHARACTER = {
  plain: 0,
  blank: 1,
  line: 2,
  comma: 3,
  open: 4,
  close: 5,
  bar: 6,
  colon: 7,
  less: 8,
  backslash: 9,
  dot: 10,
  underscore: 11,
  /** May begin a word that means something: BREAK, AND, embedding. */
  letter: 12,
  fullStop: 13,
} as const;

const ASCII = tableOf({
  [CHARACTER.blank]: ' \t\v\f',
  [CHARACTER.line]: '\n\r',
  [CHARACTER.comma]: ',',
  [CHARACTER.open]: '([{',
  [CHARACTER.close]: ')]}',
  [CHARACTER.bar]: '|',
  [CHARACTER.colon]: ':',
  [CHARACTER.less]: '<',
  [CHARACTER.backslash]: '\\',
  [CHARACTER.dot]: '.',
  [CHARACTER.underscore]: '_',
  [CHARACTER.letter]: 'ABEe',
});

function tableOf(groups: Readonly<Record<number, string>>): Uint8Array {
  const table = new Uint8Array(128);
  for (const [kind, characters] of Object.entries(groups))
    for (const character of characters) table[character.charCodeAt(0)] = Number(kind);
  return table;
}

/** The meaning of a UTF-16 unit. Commas and blanks of East Asian keyboards count like the others. */
export function meaningOf(code: number): number {
  if (code < 128) return ASCII[code] ?? 0;
  if (code === 0xff0c || code === 0x3001) return CHARACTER.comma;
  if (code === 0x3000 || code === 0xa0 || code === 0x202f || code === 0xfeff) return CHARACTER.blank;
  if (code >= 0x2000 && code <= 0x200b) return CHARACTER.blank;
  if (code === 0x2028 || code === 0x2029 || code === 0x85) return CHARACTER.line;
  return code === 0x3002 ? CHARACTER.fullStop : CHARACTER.plain;
}

const WORD = tableOf({ 1: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_' });

/** True for what can't stand beside BREAK or AND when they are words of their own. */
export function isWordPart(code: number): boolean {
  return code < 128 && WORD[code] === 1;
}
