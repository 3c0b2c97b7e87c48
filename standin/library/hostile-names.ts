/** A name that tries something, and why. All are legal on Linux. */
export interface HostileName {
  readonly name: string;
  readonly why: string;
}

const ENDING = '.safetensors';

/** 255 bytes with its ending: the longest name a file can have, so anything beside it needs another name. */
const LONGEST = `${'long_'.repeat(60).slice(0, 255 - ENDING.length)}${ENDING}`;

export const HOSTILE_NAMES: readonly HostileName[] = [
  { name: `👩‍🚀 emoji ✨${ENDING}`, why: 'joined emoji' },
  { name: `حديقة \u202etxt${ENDING}`, why: 'right to left with an override' },
  { name: `水墨山水 桜${ENDING}`, why: 'CJK' },
  { name: `cafe\u0301 combining${ENDING}`, why: 'decomposed accent' },
  { name: `50% #1? "quoted" 'single'${ENDING}`, why: 'characters that mean something in links' },
  { name: `<img src=x onerror=window.__hostile=1>${ENDING}`, why: 'markup' },
  { name: `&lt;b&gt; &amp; ampersand${ENDING}`, why: 'entities' },
  { name: `two\nlines${ENDING}`, why: 'newline' },
  { name: `tab\there${ENDING}`, why: 'tab' },
  { name: LONGEST, why: '255 bytes' },
  { name: `CON${ENDING}`, why: 'reserved on Windows' },
  { name: `-rf${ENDING}`, why: 'looks like an option' },
  { name: `..dots..${ENDING}`, why: 'dots that are no parent folder' },
  { name: ` blanks around ${ENDING}`, why: 'blanks' },
  { name: `back\\slash:colon|pipe*${ENDING}`, why: 'illegal on Windows' },
  { name: `$(touch owned) \`id\`${ENDING}`, why: 'shell' },
  { name: `UPPER.SAFETENSORS`, why: 'ending in capitals' },
  { name: `twin${ENDING}`, why: 'one stem, two endings' },
  { name: 'twin.ckpt', why: 'one stem, two endings' },
  { name: 'twin.pt', why: 'one stem, three endings' },
  { name: `v1.5.final${ENDING}`, why: 'dots within the stem' },
];
