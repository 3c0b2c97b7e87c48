import { readFile } from 'node:fs/promises';
import { UserError, isSystemError } from '../base/errors.ts';

/** A file that stands in `gallery.files/`. */
export interface Asset {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const NAMES = ['gallery.js', 'gallery.css', 'page.js', 'page.css', 'images.js', 'images.css'] as const;

/** The sign in the browser's tab: cards on a light table. A picture of its own, so it names its own colours. */
const ICON = {
  name: 'icon.svg',
  bytes: new TextEncoder().encode(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3.5" fill="#14548f"/><path d="M3.5 3.5h4v5h-4zM8.5 3.5h4v3h-4zM3.5 9.5h4v3h-4zM8.5 7.5h4v5h-4z" fill="#fff"/></svg>\n',
  ),
} as const satisfies Asset;

/** Where `npm run build` puts the bundles, seen from this file: in a checkout, and when installed as `dist/src/pages`. */
const PLACES = ['../../dist/web/', '../../web/'] as const;

/**
 * The scripts and styles that pages and gallery link to, to be written into `gallery.files/`. Throws UserError
 * `web-not-built` when the browser app was never built.
 */
export async function webAssets(): Promise<Asset[]> {
  for (const place of PLACES) {
    const found = await Promise.all(NAMES.map((name) => readAsset(place, name)));
    const assets = found.filter((asset) => asset !== undefined);
    if (assets.length === NAMES.length) return [...assets, ICON];
  }
  throw new UserError('The browser app is not built.', {
    code: 'web-not-built',
    next: 'Run npm run build, then the same command again.',
  });
}

async function readAsset(place: string, name: string): Promise<Asset | undefined> {
  try {
    return { name, bytes: await readFile(new URL(place + name, import.meta.url)) };
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
