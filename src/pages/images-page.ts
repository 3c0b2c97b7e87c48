import { documentOf } from './document.ts';
import { html } from './html.ts';

export interface ImagesPageOptions {
  readonly title: string;
  /** Url of the model gallery, relative to `gallery.files/`. */
  readonly gallery: string;
  /** `all`: the image gallery. `one`: the page of the image that its address names. */
  readonly shows: 'all' | 'one';
}

/** The documents of the image gallery and of any one image: shells in `gallery.files/`, beside the data they show. */
export function imagesPage({ title, gallery, shows }: ImagesPageOptions): string {
  const heading = shows === 'all' ? 'Images' : 'Image';
  return documentOf({
    title: `${heading} · ${title}`,
    assets: './',
    bundle: 'images',
    data: ['image-cards-1.js'],
    body: html`<body data-title="${title}" data-gallery="${gallery}" data-shows="${shows}">
      <div id="app">
        <main>
          <h1>${heading}</h1>
          <p class="empty" id="waiting">Reading the images…</p>
          <noscript>
            <p class="empty">
              This page is drawn by a script in the folder that it lies in, and scripts are off in this
              browser. The posts have pages of their own, in the folder posts beside it, that can be read
              without scripts.
            </p>
          </noscript>
        </main>
      </div>
    </body>`,
  });
}
