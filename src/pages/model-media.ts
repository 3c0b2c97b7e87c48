import type { ImageView } from '../catalog/views.ts';
import { localUrl } from './document.ts';
import { type Html, type HtmlValue, html, nothing } from './html.ts';
import { GLYPHS } from './icons.ts';
import { LEVELS, levelIndex } from './levels.ts';
import { fileUrl, type PageLinks, siteAddress } from './page-links.ts';
import { copyButton, copyFromButton, name, siteLink } from './pieces.ts';

/** The pictures of a version: a large first one, the strip, and below the page every prompt in full. */
export interface MediaParts {
  readonly stage: Html;
  readonly prompts: Html | undefined;
}

/** A picture that is held. */
export interface Shot {
  readonly image: ImageView;
  /** From 1, as the page's own ids count. */
  readonly number: number;
  readonly path: string;
}

/** What pictures are called: those of a model are its previews. */
export type Noun = 'Preview' | 'Image';

/** Stage, strip and prompts. Pictures we do not hold appear among the prompts with a link, never as a remote image. */
export function mediaParts(images: readonly ImageView[], links: PageLinks): MediaParts {
  const shots = images.flatMap((image, index) =>
    image.heldPath === undefined ? [] : [{ image, number: index + 1, path: image.heldPath }],
  );
  return { stage: stageOf(shots, images.length, links), prompts: promptsOf(images, links) };
}

function stageOf(shots: readonly Shot[], total: number, links: PageLinks): Html {
  const first = shots[0];
  if (first === undefined) {
    const sentence =
      total === 0
        ? 'No preview is known.'
        : `${total} ${total === 1 ? 'preview is' : 'previews are'} known, none is kept here.`;
    return html`<div class="stage stage-empty"><p class="muted">${sentence}</p></div>
      ${total > 0 && fetchLine('them')}`;
  }
  const away = total - shots.length;
  return html`<div class="stage">${tile(first, 'large', links)}</div>
    ${
      shots.length > 1 &&
      html`<ul class="strip" aria-label="Previews">
        ${shots.map((shot) => html`<li>${tile(shot, 'small', links)}</li>`)}
      </ul>`
    }
    ${away > 0 && awayLine(away)}`;
}

/** How many pictures are only known, how to see how they were made, and how to fetch them. */
function awayLine(away: number): Html {
  return html`<p class="muted small away">
      ${away} more ${away === 1 ? 'is' : 'are'} known but not kept here:
      <a href="#prompts">how ${away === 1 ? 'it was' : 'they were'} made</a>.
    </p>
    ${fetchLine(away === 1 ? 'it' : 'them')}`;
}

function fetchLine(what: 'it' | 'them'): Html {
  return html`<p class="muted small">
    To fetch ${what}, scan again with ${copyButton('--images all', 'option', html`<code>--images all</code>`)}
  </p>`;
}

/** A link to the held file; the page's script opens it in the lightbox instead. */
export function tile(shot: Shot, size: 'large' | 'small', links: PageLinks, noun: Noun = 'Preview'): Html {
  const { image, number, path } = shot;
  const level = levelIndex(image.nsfwLevel);
  const label = `${mediaWord(image, noun)} ${number}${level >= 3 ? `, rated ${LEVELS[level] ?? ''}` : ''}`;
  return html`<a
    class="shot"
    href="${fileUrl(links, path)}"
    data-shot="${number}"
    data-media="${image.media}"
    data-level="${level}"
    aria-label="${label}"
    >${face(shot, size, links)}<span class="level" aria-hidden="true">${LEVELS[level] ?? ''}</span></a
  >`;
}

function face({ image, path }: Shot, size: 'large' | 'small', links: PageLinks): Html {
  const url = fileUrl(links, path);
  const play = html`<span class="play">${GLYPHS.play}</span>`;
  if (image.media === 'audio') return html`<span class="no-picture">Sound</span>${play}`;
  if (image.media === 'video') return html`${film(image, url, size, links.posterOf?.(path))}${play}`;
  const thumb = size === 'small' ? links.thumbOf?.(path) : undefined;
  return html`<img
    src="${thumb === undefined ? url : localUrl(thumb)}"
    alt=""
    ${shape(image)}
    ${size === 'small' && html`loading="lazy"`}
    decoding="async"
  />`;
}

/** A film with its still: where there is none, the large one shows its first frame and a small one says what it is. */
function film(image: ImageView, url: string, size: 'large' | 'small', still: string | undefined): Html {
  const poster = still === undefined ? undefined : localUrl(still);
  if (size === 'large')
    return html`<video
      src="${url}"
      ${poster !== undefined && html`poster="${poster}"`}
      muted
      loop
      playsinline
      preload="${poster === undefined ? 'metadata' : 'none'}"
      ${shape(image)}
    ></video>`;
  if (poster === undefined) return html`<span class="no-picture">Video</span>`;
  return html`<img src="${poster}" alt="" ${shape(image)} loading="lazy" decoding="async" />`;
}

/** Width and height, so that nothing jumps when the picture arrives. */
function shape(image: ImageView): HtmlValue {
  if (image.width === undefined || image.height === undefined) return undefined;
  return html`width="${image.width}" height="${image.height}"`;
}

function mediaWord(image: ImageView, noun: Noun): string {
  return { image: noun, video: 'Video', audio: 'Sound' }[image.media];
}

function promptsOf(images: readonly ImageView[], links: PageLinks): Html | undefined {
  if (images.length === 0) return undefined;
  return html`<details class="fold">
    <summary>
      How ${images.length === 1 ? 'the preview was' : `the ${images.length} previews were`} made
    </summary>
    ${images.map((image, index) => recipe(image, index + 1, links))}
  </details>`;
}

/** Everything known of how one picture was made; the lightbox shows this very element. */
export function recipe(image: ImageView, number: number, links: PageLinks, noun: Noun = 'Preview'): Html {
  const id = `shot-${number}`;
  const silent = image.prompt === undefined && image.negative === undefined && image.settings.length === 0;
  return html`<article class="recipe" id="${id}">
    <h3>${mediaWord(image, noun)} ${number}</h3>
    ${silent && html`<p class="muted">How it was made is not known.</p>`}
    ${words(`${id}-prompt`, 'Prompt', image.prompt)}
    ${(image.variants ?? []).map(([variant, text], index) => words(`${id}-variant-${index + 1}`, `${variant}, filtered`, text))}
    ${words(`${id}-negative`, 'Negative prompt', image.negative)} ${settingsOf(`${id}-settings`, image)}
    ${resourcesOf(image, links)}
    <p class="small">${origin(image, links)}</p>
  </article>`;
}

function words(id: string, label: string, text: string | undefined): Html {
  if (text === undefined || text.trim() === '') return nothing;
  return html`<div class="words">
    <div class="words-head">
      <h4>${label}</h4>
      ${copyFromButton(id, label.toLowerCase())}
    </div>
    <p class="prompt" id="${id}" dir="auto">${text}</p>
  </div>`;
}

function settingsOf(id: string, image: ImageView): Html {
  if (image.settings.length === 0) return nothing;
  const line = image.settings.map(([label, value]) => `${label}: ${value}`).join(', ');
  return html`<div class="words">
      <div class="words-head">
        <h4>Settings</h4>
        ${copyFromButton(id, 'settings')}
      </div>
      <dl class="settings">
        ${image.settings.map(
          ([label, value]) =>
            html`<div>
              <dt>${label}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
    </div>
    <span hidden id="${id}">${line}</span>`;
}

function resourcesOf(image: ImageView, links: PageLinks): Html {
  if (image.resources.length === 0) return nothing;
  return html`<h4>Made with</h4>
    <ul class="plain">
      ${image.resources.map(
        (resource) =>
          html`<li>
            ${resourceLink(resource.versionId, name(resource.name), links)}
            <span class="muted"
              >${resource.type}${resource.weight !== undefined && html` · ${resource.weight}`}</span
            >
          </li>`,
      )}
    </ul>`;
}

/** To the library's own page when we hold the model, else to the site. */
export function resourceLink(versionId: number | undefined, text: Html, links: PageLinks): Html {
  if (versionId === undefined) return text;
  const page = links.pageOfVersion?.(versionId);
  if (page !== undefined) return html`<a href="${localUrl(page)}">${text}</a>`;
  return siteLink(siteAddress(links, ['model-versions', versionId]), text);
}

/** Where the picture lies, or lay. */
function origin(image: ImageView, links: PageLinks): Html {
  const held =
    image.heldPath === undefined
      ? html`<span class="muted">Not kept here.</span>`
      : html`<a href="${fileUrl(links, image.heldPath)}">Open the file</a>`;
  const page = image.heldPath === undefined ? undefined : links.imagePage?.(image.id);
  const own = page === undefined ? held : html`<a href="${localUrl(page)}">Its own page</a> · ${held}`;
  if (image.id <= 0) return own;
  return html`${own} · ${siteLink(siteAddress(links, ['images', image.id]), html`on Civitai${GLYPHS.out}`)}`;
}
