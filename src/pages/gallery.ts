import type { CardView } from '../catalog/views.ts';
import { encodeCards } from './card-columns.ts';
import { documentOf, localUrl } from './document.ts';
import { html } from './html.ts';
import { type DataFile, setScript } from './script-data.ts';

export interface GalleryOptions {
  readonly title: string;
  /** Relative url of `gallery.files/`, ending in a slash. */
  readonly assets: string;
  /** A model browser: models by type, most downloaded first, until the reader says otherwise. */
  readonly browser?: boolean;
  /** How a model browser sorts instead. */
  readonly sort?: string | undefined;
  /** How many images the image gallery beside it has. */
  readonly images?: number | undefined;
}

/** The gallery document: a shell in which the browser app shows what `galleryData` holds. */
export function galleryPage(options: GalleryOptions): string {
  return documentOf({
    title: options.title,
    assets: options.assets,
    bundle: 'gallery',
    data: ['cards.js'],
    body: html`<body
      data-assets="${options.assets}"
      data-title="${options.title}"
      data-kind="${options.browser === true ? 'browser' : 'gallery'}"
      ${options.sort !== undefined && html`data-sort="${options.sort}"`}
      ${(options.images ?? 0) > 0 && html`data-images="${options.images}"`}
    >
      <div id="app">
        <main>
          <h1>${options.title}</h1>
          <p class="empty" id="waiting">Reading the models…</p>
          <noscript>
            <p class="empty">
              The gallery is drawn by a script in the folder beside this file, and scripts are off in this
              browser. Each model also has a page of its own, beside the model file, that can be read without
              scripts.
            </p>
          </noscript>
        </main>
      </div>
    </body>`,
  });
}

/** Order of names for people: numbers by value, case and accents only when nothing else differs. */
const byName = new Intl.Collator('en', { numeric: true });

/** Gallery order: by name, then by path, whatever order the catalog gave. */
export function inGalleryOrder(cards: readonly CardView[]): CardView[] {
  return cards.toSorted(
    (a, b) =>
      byName.compare(a.name, b.name) || compareText(a.relativePath, b.relativePath) || a.fileId - b.fileId,
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The gallery's data as classic scripts: `cards.js` with further shards `cards-2.js` …, `about-1.js` … (the texts for
 * search, read after the first cards stand), and `nav.js` (file id, page, name in gallery order) for the pages' previous
 * and next. All urls are relative to the gallery page, percent-encoded. Equal cards give equal bytes. A smaller library
 * has fewer shards: files of `gallery.files/` that are not in the list any more are the caller's to remove.
 *
 * @param hrefOf url of an absolute path
 * @param pageOf url of a model file's page, by the file's absolute path
 * @param thumbOf url of a card's thumbnail picture
 * @param madeOf versions that held images were made with, asked for at the end
 */
export function* galleryData(
  cards: readonly CardView[],
  hrefOf: (absolutePath: string) => string,
  pageOf: (absoluteModelPath: string) => string | undefined,
  thumbOf: (card: CardView) => string | undefined,
  madeOf: () => readonly number[] = () => [],
): Generator<DataFile> {
  const ordered = inGalleryOrder(cards).map((card) => ({
    card,
    page: local(pageOf(card.path)),
    thumb: local(thumbOf(card)),
    video: card.cover?.media === 'video' ? localUrl(hrefOf(card.cover.path)) : undefined,
  }));
  const nav = ordered.flatMap(({ card, page }) =>
    page === undefined ? [] : [[card.fileId, page, card.name]],
  );
  yield* encodeCards(ordered);
  const made = madeOf();
  const madeScript = made.length === 0 ? '' : setScript('civitariumMade', made);
  yield { name: 'nav.js', bytes: setScript('civitariumNav', nav) + madeScript };
}

function local(url: string | undefined): string | undefined {
  return url === undefined ? undefined : localUrl(url);
}
