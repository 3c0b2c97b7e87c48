/** The gallery as it was left: pages take their neighbours from it, and go back to it. */
export interface GalleryOrder {
  /** Path of the gallery document, or of the folder that belongs to it alone. */
  readonly gallery: string;
  /** Its hash without `#`. */
  readonly hash: string;
  /** File ids in the order shown. */
  readonly ids: readonly number[];
}

/** The store's key of the order of models, unless another is named. */
const MODELS = 'civitarium.order';

/** Keeps the order of a filtered gallery; `undefined` forgets it, for then the whole gallery's order holds. */
export function keepOrder(store: Storage | undefined, order: GalleryOrder | undefined, key = MODELS): void {
  try {
    if (order === undefined) store?.removeItem(key);
    else store?.setItem(key, JSON.stringify(order));
  } catch {
    // Without storage the order of the whole gallery is used.
  }
}

/** The kept order, when it is one of this gallery. */
export function readOrder(
  store: Storage | undefined,
  galleryPath: string,
  key = MODELS,
): GalleryOrder | undefined {
  try {
    const value: unknown = JSON.parse(store?.getItem(key) ?? 'null');
    if (typeof value !== 'object' || value === null) return undefined;
    const { gallery, hash, ids } = value as Record<string, unknown>;
    if (gallery !== galleryPath || typeof hash !== 'string' || !Array.isArray(ids)) return undefined;
    return { gallery: galleryPath, hash, ids: ids.filter((id) => typeof id === 'number') };
  } catch {
    return undefined;
  }
}
