import { readOrder } from '../shared/order.ts';
import { localStore } from '../shared/settings.ts';

/** One line of `nav.js`: file id, page relative to the gallery, name. */
type NavLine = readonly [id: number, page: string, name: string];

/**
 * Fills in previous and next. The gallery as it was left decides the order; without that its whole order, from
 * `nav.js`, so that pages need no rewriting when their neighbours change. `onMade` hears of the versions
 * that images were made with.
 */
export function showNeighbours(onMade: (made: unknown) => void): void {
  const { gallery, assets } = document.body.dataset;
  if (gallery === undefined || gallery === '' || assets === undefined) return;
  const galleryUrl = new URL(gallery, location.href);
  const file = Number(document.body.dataset['file']);
  const order = readOrder(localStore(), galleryUrl.pathname);
  const known = order !== undefined && order.ids.includes(file) ? order : undefined;
  if (known !== undefined) backTo(galleryUrl, known.hash, file);
  const script = document.createElement('script');
  script.src = `${assets}nav.js`;
  script.addEventListener('load', () => {
    onMade(Reflect.get(window, 'civitariumMade'));
    const lines = readNav(Reflect.get(window, 'civitariumNav'));
    const ids = known?.ids ?? lines.map(([id]) => id);
    const place = ids.indexOf(file);
    if (place < 0) return;
    const byId = new Map(lines.map((line) => [line[0], line]));
    link('previous', byId.get(ids[place - 1] ?? -1), galleryUrl);
    link('next', byId.get(ids[place + 1] ?? -1), galleryUrl);
  });
  document.head.append(script);
}

/** Follows one of the links on top, when it is there. */
export function goTo(id: 'previous' | 'next' | 'back'): void {
  const anchor = document.querySelector<HTMLAnchorElement>(`#${id}`);
  if (anchor !== null && !anchor.hidden) anchor.click();
}

function backTo(galleryUrl: URL, hash: string, file: number): void {
  const params = new URLSearchParams(hash);
  params.set('at', String(file));
  const back = document.querySelector<HTMLAnchorElement>('#back');
  if (back !== null) back.href = `${galleryUrl.href}#${params.toString()}`;
}

function link(id: 'previous' | 'next', line: NavLine | undefined, galleryUrl: URL): void {
  const anchor = document.querySelector<HTMLAnchorElement>(`#${id}`);
  if (anchor === null || line === undefined) return;
  const url = new URL(line[1], galleryUrl);
  // A page of ours lies where the gallery lies; anything else is no page.
  if (url.protocol !== galleryUrl.protocol) return;
  anchor.href = url.href;
  anchor.title = line[2];
  anchor.hidden = false;
}

function readNav(value: unknown): NavLine[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (line): line is NavLine =>
      Array.isArray(line) &&
      typeof line[0] === 'number' &&
      typeof line[1] === 'string' &&
      typeof line[2] === 'string',
  );
}
