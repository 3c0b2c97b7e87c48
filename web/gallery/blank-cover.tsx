import type { JSX } from 'preact';
import { initialsOf } from './initials.ts';

const LAYERS = 'M8 2.5 14 5.5 8 8.5 2 5.5zM2 8.2l6 3 6-3M2 10.9l6 3 6-3';
const SHEET = 'M4 2.5h5l3 3v8H4zM9 2.5v3h3';

/** A glyph for each kind of model, on a 16 px grid; by the site's type in lower case. */
const GLYPHS: ReadonlyMap<string, string> = new Map([
  ['lora', LAYERS],
  ['locon', LAYERS],
  ['dora', LAYERS],
  ['lycoris', LAYERS],
  ['checkpoint', 'M8 2 13.5 5v6L8 14 2.5 11V5zM2.5 5 8 8l5.5-3M8 8v6'],
  ['textualinversion', 'M6 3C4 3 5 7 3 8c2 1 1 5 3 5M10 3c2 0 1 4 3 5-2 1-1 5-3 5'],
  ['vae', 'M2.5 3.5v9l11-9v9z'],
  ['controlnet', 'M4 2.5v3M2.5 4h3M12 2.5v3M10.5 4h3M8 10.5v3M6.5 12h3M5 5l3 5M11 5l-3 5'],
  ['upscaler', 'M3 9v4h4M13 7V3H9M3 13 13 3'],
]);

/** A cover in type and line for a model without a picture: its kind and the first letters of its name. */
export function BlankCover({ name, type }: { name: string; type: string | undefined }): JSX.Element {
  return (
    <svg class="blank" viewBox="0 0 40 60" aria-hidden="true" focusable="false">
      <text x="20" y="33" text-anchor="middle" font-size="9">
        {initialsOf(name)}
      </text>
      <path
        class="blank-kind"
        transform="translate(17 38) scale(0.375)"
        d={GLYPHS.get((type ?? '').toLowerCase()) ?? SHEET}
      />
    </svg>
  );
}
