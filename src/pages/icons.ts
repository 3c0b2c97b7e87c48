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
  auto: glyph('M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11'),
  light: glyph(
    'M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1',
  ),
  dark: glyph('M13 9.7A5.6 5.6 0 0 1 6.3 3a5.6 5.6 0 1 0 6.7 6.7z'),
} as const;
