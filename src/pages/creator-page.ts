import { formatCount } from '../base/bytes.ts';
import type { CoverageGlance } from '../catalog/coverage.ts';
import type { CardView } from '../catalog/views.ts';
import { documentOf, localUrl } from './document.ts';
import { faceBar, tileList } from './face-parts.ts';
import type { FaceLinks, Tile } from './face-parts.ts';
import { type Html, html, nothing } from './html.ts';
import { GLYPHS } from './icons.ts';
import { siteAddress } from './page-links.ts';
import { fact, section, siteLink } from './pieces.ts';
import { titleOfPost } from './post-page.ts';

/** A post as others show it. */
export interface PostGlance {
  readonly id: number;
  readonly title: string | undefined;
  readonly images: number;
  readonly nsfwLevel: number;
  /** Absolute path of the image that stands for it. */
  readonly cover: string;
}

/** What is held of a creator. */
export interface CreatorView {
  readonly name: string;
  /** The site may not know a name that somebody wrote by hand. */
  readonly isOfSite: boolean;
  /** In gallery order. */
  readonly models: readonly CardView[];
  /** The newest first. */
  readonly posts: readonly PostGlance[];
  readonly images: number;
  /** What the last walks through the site's lists showed; none where nobody asked for all of the creator. */
  readonly coverage: readonly CoverageGlance[];
}

/** Posts shown on the page; the image gallery has all. */
const MOST_POSTS = 120;

/** The page of a creator: the models, posts and images that are held. Pure. */
export function creatorPage(view: CreatorView, links: FaceLinks): string {
  const onSite = view.isOfSite
    ? siteLink(siteAddress(links, ['user', view.name]), html`Open on Civitai${GLYPHS.out}`)
    : undefined;
  return documentOf({
    title: view.name,
    assets: links.assets,
    bundle: 'page',
    data: [],
    body: html`<body data-assets="${links.assets}">
      ${faceBar(links, onSite)}
      <main>
        <div class="about">
          <div class="title"><h1 dir="auto">${view.name}</h1></div>
          <p>${holdings(view)} kept here</p>
        </div>
        ${section('models', 'Models', models(view, links))} ${section('posts', 'Posts', posts(view, links))}
        ${section('images', 'Images', images(view, links))}
        ${section('coverage', 'What the site has', coverageList(view))}
      </main>
      <div id="notice" role="status" aria-live="polite"></div>
    </body>`,
  });
}

function holdings({ models, posts, images }: CreatorView): string {
  const files = counted(models.length, 'model file');
  return images === 0 ? files : `${files}, ${counted(posts.length, 'post')}, ${counted(images, 'image')}`;
}

function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function models({ models: cards, name }: CreatorView, links: FaceLinks): Html | undefined {
  if (cards.length === 0) return undefined;
  const tiles = cards.map((card): Tile => {
    const kind = [card.type, card.baseModel].filter((part) => part !== undefined).join(' · ');
    return {
      href: links.pageOf(card.path),
      thumb: card.cover === undefined ? undefined : links.thumbOf?.(card.cover.path),
      blank: card.type ?? 'Model',
      nsfwLevel: card.cover?.nsfwLevel ?? 0,
      title: card.name,
      about: [card.versionName, kind].filter((part) => part !== undefined && part !== '').join(' · '),
    };
  });
  const all =
    links.gallery === undefined
      ? nothing
      : html`<p>
          <a href="${localUrl(links.gallery)}#creator=${encodeURIComponent(name.toWellFormed())}"
            >All in the gallery</a
          >
        </p>`;
  return html`${tileList(tiles, 'Models')}${all}`;
}

function posts(view: CreatorView, links: FaceLinks): Html | undefined {
  if (view.posts.length === 0) return undefined;
  const tiles = view.posts.slice(0, MOST_POSTS).map((post): Tile => ({
    href: links.postPage(post.id),
    thumb: links.thumbOf?.(post.cover),
    blank: 'Post',
    nsfwLevel: post.nsfwLevel,
    title: titleOfPost(post),
    about: counted(post.images, 'image'),
  }));
  const more = view.posts.length - tiles.length;
  return html`${tileList(tiles, 'Posts')}${
    more > 0 && html`<p class="muted">${formatCount(more)} older ones are in the image gallery.</p>`
  }`;
}

function images({ images: count, name }: CreatorView, links: FaceLinks): Html | undefined {
  if (count === 0 || links.images === undefined) return undefined;
  const hash = `#creator=${encodeURIComponent(name.toWellFormed())}`;
  return html`<p>
    <a href="${localUrl(links.images)}${hash}">All ${counted(count, 'image')} in the image gallery</a>
  </p>`;
}

/** How much of what the site has was seen and came; numbers that nobody told are unknown, not none. */
function coverageList({ coverage }: CreatorView): Html | undefined {
  if (coverage.length === 0) return undefined;
  return html`<dl class="facts">
      ${coverage.map((glance) => fact(KINDS[glance.kind], coverageText(glance)))}
    </dl>
    ${
      coverage.some(({ isWhole }) => !isWhole) &&
      html`<p class="muted">No walk through all of it has come to its end yet: there may be more.</p>`
    }`;
}

const KINDS = { models: 'Models', images: 'Images' } as const;

function coverageText({ announced, seen, fates }: CoverageGlance): string {
  const of = announced === undefined ? 'an unknown number' : `${formatCount(announced)} announced`;
  const parts = [`${formatCount(seen)} seen of ${of}`];
  if (fates === undefined) return [...parts, 'what came of them is unknown'].join(' · ');
  parts.push(`${formatCount(fates.held)} kept`);
  if (fates.filtered > 0) parts.push(`${formatCount(fates.filtered)} not asked for`);
  if (fates.refused > 0) parts.push(`${formatCount(fates.refused)} refused`);
  if (fates.failed > 0) parts.push(`${formatCount(fates.failed)} failed`);
  return parts.join(' · ');
}
