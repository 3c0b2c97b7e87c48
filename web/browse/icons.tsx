import type { JSX } from 'preact';

const PATHS = {
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.5l3 3',
  grid: 'M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z',
  list: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  auto: 'M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11',
  light:
    'M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1',
  dark: 'M13 9.7A5.6 5.6 0 0 1 6.3 3a5.6 5.6 0 1 0 6.7 6.7z',
  options: 'M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M8.5 3v3h3V3zM4.5 10v3h3v-3z',
  filter: 'M2.5 4h11M4.5 8h7M6.5 12h3',
  copy: 'M5.5 5.5h7v8h-7zM10.5 5.5v-3h-7v8h2',
  close: 'M4 4l8 8M12 4l-8 8',
  down: 'M8 3v9M4.5 8.5 8 12l3.5-3.5',
  up: 'M8 13V4M4.5 7.5 8 4l3.5 3.5',
  play: 'M5.5 3.5v9l7-4.5z',
  check: 'M3.5 8.5 6.5 11.5 12.5 4.5',
  thumb: 'M8 3.5 13 12.5H3z',
  out: 'M6 4.5h5.5V10M11.5 4.5l-7 7',
  back: 'M9.5 3.5 5 8l4.5 4.5',
  forth: 'M6.5 3.5 11 8l-4.5 4.5',
  folder: 'M2.5 4.5h4l1.5 2h5.5v6.5h-11z',
} as const;

export type IconName = keyof typeof PATHS;

/** A glyph in the text's colour; words beside it speak for it. */
export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
