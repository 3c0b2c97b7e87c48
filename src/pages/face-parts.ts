import { localUrl } from './document.ts';
import { type Html, html } from './html.ts';
import { GLYPHS } from './icons.ts';
import { LEVELS, levelIndex } from './levels.ts';
import type { PageLinks } from './page-links.ts';

/** A picture that leads to a page, with a few words below it. */
export interface Tile {
  /** `undefined` where there is no page. */
  readonly href: string | undefined;
  /** Url of a small picture. */
  readonly thumb: string | undefined;
  /** What stands in its place. */
  readonly blank: string;
  readonly nsfwLevel: number;
  readonly title: string;
  readonly about: string;
}

/** Pages around posts and creators: the galleries they belong to. */
export interface FaceLinks extends PageLinks {
  /** The image gallery; `undefined` where no images are held. */
  readonly images: string | undefined;
  postPage(postId: number): string;
}

/** The line above everything: the galleries, light or dark, the site. */
export function faceBar(links: FaceLinks, onSite: Html | undefined): Html {
  return html`<header class="bar">
    <nav aria-label="Galleries">
      ${
        links.gallery !== undefined &&
        html`<a class="control" id="back" href="${localUrl(links.gallery)}">${GLYPHS.back}Models</a>`
      }
      ${links.images !== undefined && html`<a class="control" href="${localUrl(links.images)}">Images</a>`}
    </nav>
    <div class="bar-end">
      <button type="button" class="control" id="mature" hidden></button>
      <button type="button" class="control" id="theme" title="Light or dark" hidden>
        <span class="when-auto">${GLYPHS.auto}</span><span class="when-light">${GLYPHS.light}</span
        ><span class="when-dark">${GLYPHS.dark}</span><span class="unseen">Light or dark</span>
      </button>
      ${onSite}
    </div>
  </header>`;
}

/** Tiles in a grid. */
export function tileList(tiles: readonly Tile[], label: string): Html {
  return html`<ul class="tiles" aria-label="${label}">
    ${tiles.map((tile) => html`<li>${tileOf(tile)}</li>`)}
  </ul>`;
}

function tileOf({ href, thumb, blank, nsfwLevel, title, about }: Tile): Html {
  const level = levelIndex(nsfwLevel);
  const face =
    thumb === undefined
      ? html`<span class="no-picture">${blank}</span>`
      : html`<img src="${localUrl(thumb)}" alt="" loading="lazy" decoding="async" />`;
  const inner = html`<span class="tile-face"
      >${face}<span class="level" aria-hidden="true">${LEVELS[level] ?? ''}</span></span
    ><span class="tile-name" dir="auto">${title}</span><span class="tile-about" dir="auto">${about}</span>`;
  return href === undefined
    ? html`<span class="tile" data-level="${level}">${inner}</span>`
    : html`<a class="tile" data-level="${level}" href="${localUrl(href)}">${inner}</a>`;
}
