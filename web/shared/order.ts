/** The gallery as it was left: pages take their neighbours from it, and go back to it. */
export interface GalleryOrder {
  /** Path of the gallery document. */
  readonly gallery: string;
  /** Its hash without `#`. */
  readonly hash: string;
  /** File ids in the order shown. */
  readonly ids: readonly number[];
}

const KEY = 'civitarium.order';

/** Keeps the order of a filtered gallery; `undefined` forgets it, for then the whole gallery's order holds. */
export function keepOrder(store: Storage | undefined, order: GalleryOrder | undefined): void {
  try {
    if (order === undefined) store?.removeItem(KEY);
    else store?.setItem(KEY, JSON.stringify(order));
  } catch {
    // Without storage the order of the whole gallery is used.
  }
}

/** The kept order, when it is one of this gallery. */
export function readOrder(store: Storage | undefined, galleryPath: string): GalleryOrder | undefined {
  try {
    const value: unknown = JSON.parse(store?.getItem(KEY) ?? 'null');
    if (typeof value !== 'object' || value === null) return undefined;
    const { gallery, hash, ids } = value as Record<string, unknown>;
    if (gallery !== galleryPath || typeof hash !== 'string' || !Array.isArray(ids)) return undefined;
    return { gallery: galleryPath, hash, ids: ids.filter((id) => typeof id === 'number') };
  } catch {
    return undefined;
  }
}
