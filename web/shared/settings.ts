/** The reader's own choices, kept in the browser and shared by gallery and pages where the browser lets them. */
export interface Settings {
  readonly theme: 'auto' | 'light' | 'dark';
  /** Pictures of this level index and above are blurred; 99 blurs none. */
  readonly blurFrom: number;
  /** Width of a card in CSS pixels, 120 to 360. */
  readonly size: number;
  readonly covers: boolean;
  /** Models of one type together; `undefined` until the reader says. */
  readonly grouped: boolean | undefined;
  /** The order that a model browser opens with; `undefined` until the reader chooses one. */
  readonly sort: string | undefined;
  /** Keys of the list's columns, in order. */
  readonly columns: readonly string[];
}

/** R and above are blurred until the reader says otherwise. */
export const BLUR_DEFAULT = 3;
/** Higher than any level. */
export const BLUR_NONE = 99;
/** Narrowest and widest card. */
export const SIZE = { least: 120, most: 360 } as const;

const KEY = 'civitarium.settings';

const DEFAULTS: Settings = {
  theme: 'auto',
  blurFrom: BLUR_DEFAULT,
  size: 208,
  covers: true,
  grouped: undefined,
  sort: undefined,
  columns: ['type', 'base', 'creator', 'downloads', 'size', 'updated'],
};

/** Reads what is kept; anything missing or spoilt becomes the default. */
export function readSettings(store: Storage | undefined): Settings {
  try {
    return parseSettings(JSON.parse(store?.getItem(KEY) ?? '{}'));
  } catch {
    return DEFAULTS;
  }
}

/** Settings from anything. */
export function parseSettings(value: unknown): Settings {
  if (typeof value !== 'object' || value === null) return DEFAULTS;
  const { theme, blurFrom, size, covers, grouped, sort, columns } = value as Record<string, unknown>;
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
    blurFrom: typeof blurFrom === 'number' && blurFrom >= 0 ? blurFrom : DEFAULTS.blurFrom,
    size: typeof size === 'number' && size >= SIZE.least && size <= SIZE.most ? size : DEFAULTS.size,
    covers: typeof covers === 'boolean' ? covers : DEFAULTS.covers,
    grouped: typeof grouped === 'boolean' ? grouped : DEFAULTS.grouped,
    sort: typeof sort === 'string' ? sort : DEFAULTS.sort,
    columns: Array.isArray(columns) ? columns.filter((name) => typeof name === 'string') : DEFAULTS.columns,
  };
}

/** Keeps them; a browser that refuses storage just forgets. */
export function keepSettings(store: Storage | undefined, settings: Settings): void {
  try {
    store?.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Private windows and full stores: the page still works.
  }
}

/** The browser's store, `undefined` where it may not be touched. */
export function localStore(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}

/** Puts the theme on the document. */
export function applyTheme(theme: Settings['theme']): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  const bar = document.querySelector<HTMLMetaElement>('meta[name="theme-color"]');
  if (bar !== null) bar.content = getComputedStyle(document.documentElement).backgroundColor;
}

/** The theme after this one. */
export function nextTheme(theme: Settings['theme']): Settings['theme'] {
  return theme === 'auto' ? 'dark' : theme === 'dark' ? 'light' : 'auto';
}
