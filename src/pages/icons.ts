import { Html } from './html.ts';

/** Drawn on a 16 px grid with the text's colour; hidden from screen readers, who get words. */
function glyph(path: string): Html {
  return Html.unsafe(
    `<svg class="glyph" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="${path}"/></svg>`,
  );
}

/** The glyphs of the pages. */
export const GLYPHS = {
  copy: glyph('M5.5 5.5h7v8h-7zM10.5 5.5v-3h-7v8h2'),
  back: glyph('M9.5 3.5 5 8l4.5 4.5'),
  forward: glyph('M6.5 3.5 11 8l-4.5 4.5'),
  out: glyph('M6 4.5h5.5V10M11.5 4.5l-7 7'),
  play: glyph('M5.5 3.5v9l7-4.5z'),
  theme: glyph('M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11'),
} as const;
