import type { CollectedImageView } from '../catalog/collected-image.ts';
import { documentOf, localUrl } from './document.ts';
import { faceBar } from './face-parts.ts';
import type { FaceLinks } from './face-parts.ts';
import { type Html, html } from './html.ts';
import { GLYPHS } from './icons.ts';
import { recipe, resourceLink, tile } from './model-media.ts';
import { siteAddress } from './page-links.ts';
import { dateOf, name, section, siteLink } from './pieces.ts';

/** A post as far as its images are held. */
export interface PostView {
  readonly id: number;
  readonly title: string | undefined;
  /** By id. */
  readonly images: readonly CollectedImageView[];
}

/** The page of a post: all of its images that are held, and how each was made. Pure: no build time, no neighbours. */
export function postPage(post: PostView, links: FaceLinks): string {
  const title = titleOfPost(post);
  const { images } = post;
  return documentOf({
    title,
    assets: links.assets,
    bundle: 'page',
    data: [],
    body: html`<body data-assets="${links.assets}">
      ${faceBar(links, siteLink(siteAddress(links, ['posts', post.id]), html`Open on Civitai${GLYPHS.out}`))}
      <main>
        ${head(post, title, links)}
        <ul class="shots" aria-label="Images">
          ${images.map(
            (image, index) =>
              html`<li>
                ${tile({ image, number: index + 1, path: image.heldPath }, 'small', links, 'Image')}
              </li>`,
          )}
        </ul>
        ${section('resources', 'Made with', resources(images, links))}
        ${section('prompts', 'How they were made', recipes(images, links))}
      </main>
      <div id="notice" role="status" aria-live="polite"></div>
    </body>`,
  });
}

/** A post by its title, where the site gives one. */
export function titleOfPost({ id, title }: Pick<PostView, 'id' | 'title'>): string {
  return title === undefined || title.trim() === '' ? `Post ${id}` : title;
}

function head({ images }: PostView, title: string, links: FaceLinks): Html {
  const creator = images.find(({ username }) => username !== undefined)?.username;
  const made = images.flatMap(({ createdAt }) => createdAt ?? []);
  const page = creator === undefined ? undefined : links.creatorPage?.(creator);
  return html`<div class="about">
    <div class="title"><h1 dir="auto">${title}</h1></div>
    <p>
      ${
        creator !== undefined &&
        html`by ${page === undefined ? name(creator) : html`<a href="${localUrl(page)}">${name(creator)}</a>`}
        · `
      }${images.length === 1 ? '1 image' : `${images.length} images`}
      kept here${made.length > 0 && html` · ${dateOf(made.reduce((first, one) => Math.min(first, one)))}`}
    </p>
  </div>`;
}

/** Each model that the images name, once. */
function resources(images: readonly CollectedImageView[], links: FaceLinks): Html | undefined {
  const named = new Map(
    images.flatMap((image) => image.resources).map((one) => [String(one.versionId ?? one.name), one]),
  );
  if (named.size === 0) return undefined;
  return html`<ul class="plain">
    ${[...named.values()].map(
      (one) =>
        html`<li>
          ${resourceLink(one.versionId, name(one.name), links)} <span class="muted">${one.type}</span>
        </li>`,
    )}
  </ul>`;
}

function recipes(images: readonly CollectedImageView[], links: FaceLinks): Html {
  return html`<div class="recipes">
    ${images.map((image, index) => recipe(image, index + 1, links, 'Image'))}
  </div>`;
}
