import { localStore } from '../shared/settings.ts';

/** The image gallery as it was left: the page of an image takes its neighbours from it, and goes back to it. */
export interface ImageOrder {
  /** Its hash without `#`. */
  readonly hash: string;
  readonly ids: readonly number[];
}

const KEY = 'civitarium.image-order';

/** Keeps the order of the images shown. */
export function keepImageOrder(hash: string, ids: readonly number[]): void {
  try {
    // All images need no list of them.
    if (hash === '') localStore()?.removeItem(KEY);
    else localStore()?.setItem(KEY, JSON.stringify({ gallery: folder(), hash, ids }));
  } catch {
    // Without storage the order of all images is used.
  }
}

/** The order that was kept, when it is one of this gallery. */
export function readImageOrder(): ImageOrder | undefined {
  try {
    const value: unknown = JSON.parse(localStore()?.getItem(KEY) ?? 'null');
    if (typeof value !== 'object' || value === null) return undefined;
    const { gallery, hash, ids } = value as Record<string, unknown>;
    if (gallery !== folder() || typeof hash !== 'string' || !Array.isArray(ids)) return undefined;
    return { hash, ids: ids.filter((id) => typeof id === 'number') };
  } catch {
    return undefined;
  }
}

/** The folder that both pages lie in. */
function folder(): string {
  return location.pathname.replace(/[^/]*$/, '');
}
