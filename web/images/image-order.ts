import { type GalleryOrder, keepOrder, readOrder } from '../shared/order.ts';
import { localStore } from '../shared/settings.ts';

const KEY = 'civitarium.image-order';

/** Keeps the image gallery as it is left: the page of an image takes its neighbours from it. All images need no list. */
export function keepImageOrder(hash: string, ids: readonly number[]): void {
  keepOrder(localStore(), hash === '' ? undefined : { gallery: folder(), hash, ids }, KEY);
}

/** The order that was kept, when it is one of this gallery. */
export function readImageOrder(): GalleryOrder | undefined {
  return readOrder(localStore(), folder(), KEY);
}

/** The folder that both pages lie in. */
function folder(): string {
  return location.pathname.replace(/[^/]*$/, '');
}
