import { readFile } from 'node:fs/promises';
import { UserError, isSystemError } from '../base/errors.ts';

/** A file that stands in `gallery.files/`. */
export interface Asset {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const NAMES = ['gallery.js', 'gallery.css', 'page.js', 'page.css'] as const;

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
    if (assets.length === NAMES.length) return assets;
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
