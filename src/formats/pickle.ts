import { modelHeader, type ModelHeader } from './model-file-header.ts';
import type { ZipListing } from './zip.ts';

/** Extensions under which programs save pickled models. */
export const PICKLE_EXTENSIONS: ReadonlySet<string> = new Set(['.ckpt', '.pt', '.pth', '.bin']);

/**
 * True when a file begins as a pickle of protocol 2 to 5 does. A pickle is a program: it is recognised and named,
 * never loaded.
 */
export function looksLikePickle(first: Uint8Array): boolean {
  const protocol = first[1] ?? 0;
  return first[0] === 0x80 && protocol >= 2 && protocol <= 5;
}

/** True for the zip that torch.save writes: a folder with a pickle and the numbers beside it. */
export function isTorchZip(listing: ZipListing): boolean {
  return listing.names.some((name) => /^[^/]*\/data\.pkl$/.test(name) || name === 'data.pkl');
}

/** The header of a pickle: nothing is known of it but that it is one. */
export function pickleHeader(): ModelHeader {
  return modelHeader('pickle', {});
}
