import type { KnownView, ModelFileView } from '../catalog/views.ts';
import { handMark, shownOf } from './by-hand.ts';
import { localUrl } from './document.ts';
import { type Html, type HtmlValue, html, nothing } from './html.ts';
import { GLYPHS } from './icons.ts';
import { type PageLinks, siteAddress, versionAddress } from './page-links.ts';
import { dateOf, name, siteLink } from './pieces.ts';

/** The line above everything: back to the gallery, neighbours (filled in by the script), the site. */
export function topBar(view: ModelFileView, links: PageLinks): Html {
  const { known } = view;
  return html`<header class="bar">
    <nav aria-label="Gallery">
      ${
        links.gallery !== undefined &&
        html`<a class="control" id="back" href="${localUrl(links.gallery)}#at=${view.fileId}"
            >${GLYPHS.back}Gallery</a
          >
          <a class="control" id="previous" hidden>${GLYPHS.back}<span>previous</span></a>
          <a class="control" id="next" hidden><span>next</span>${GLYPHS.forward}</a>`
      }
    </nav>
    <div class="bar-end">
      <button type="button" class="control" id="mature" hidden></button>
      <button type="button" class="control" id="theme" title="Light or dark" hidden>
        <span class="when-auto">${GLYPHS.auto}</span><span class="when-light">${GLYPHS.light}</span
        ><span class="when-dark">${GLYPHS.dark}</span><span class="unseen">Light or dark</span>
      </button>
      ${known !== undefined && siteLink(versionAddress(links, known.modelId, known.versionId), html`Open on Civitai${GLYPHS.out}`)}
    </div>
  </header>`;
}

/** What the reader must know before anything else: removed, missing, never asked, damaged. */
export function banners(view: ModelFileView): Html {
  const said = [
    view.problem !== undefined && banner('failed', 'The file could not be read', view.problem),
    view.headerWarning !== undefined && banner('failed', 'The file is damaged', view.headerWarning),
    stateBanner(view),
  ].filter((one) => one !== false && one !== nothing);
  return said.length === 0 ? nothing : html`<div class="banners">${said}</div> `;
}

function stateBanner(view: ModelFileView): Html {
  const { state, known } = view;
  if (view.isFileless === true) {
    const text = html`All that is here stands in <span class="filename" dir="auto">${view.name}</span>.`;
    return banner('missing', 'No model file', text);
  }
  if (state === 'removed') {
    const kept = known === undefined ? 'the file' : keptThings(known);
    return banner(
      'removed',
      'Removed from Civitai',
      html`Last seen ${dateOf(view.lastFoundAt)}. Kept here: ${kept}.`,
    );
  }
  if (state === 'missing') {
    const told = view.training === undefined ? '' : ' Below is what its own header tells.';
    return banner(
      'missing',
      'Not on Civitai',
      html`Civitai knows no file with these bytes, as of ${dateOf(view.stateSince)}.${told}`,
    );
  }
  if (state === 'unchecked') {
    return banner(
      'missing',
      'Not looked up yet',
      'Civitai has not answered for this file. The next scan asks again.',
    );
  }
  return known === undefined ? nothing : goneBanner(known);
}

/** The bytes are known, but the model or our version of it is not shown any more. */
function goneBanner(known: KnownView): Html {
  const { modelState, versionState } = known;
  const gone = modelState === 'removed' ? 'model' : versionState === 'removed' ? 'version' : undefined;
  if (gone === undefined) return nothing;
  const title =
    gone === 'model' ? 'The model was removed from Civitai' : 'This version was removed from Civitai';
  return banner('removed', title, `Kept here: ${keptThings(known)}.`);
}

function keptThings(known: KnownView): string {
  const held = known.images.filter((image) => image.heldPath !== undefined).length;
  const pictures = held === 0 ? '' : `, ${held} ${held === 1 ? 'preview' : 'previews'}`;
  return `the file, its description and trigger words${pictures}`;
}

function banner(kind: 'removed' | 'missing' | 'failed', title: string, text: HtmlValue): Html {
  return html`<aside class="banner banner-${kind}" aria-label="${title}">
    <strong>${title}.</strong> ${text}
  </aside>`;
}

/** Name, type, creator and where our version stands among the others. */
export function titleBlock(view: ModelFileView, links: PageLinks): Html {
  const { known } = view;
  const shown = shownOf(view);
  const kind = [shown.type, shown.baseModel].filter((part) => part !== undefined).join(' · ');
  return html`<div class="title">
      <h1 dir="auto">${shown.name}</h1>
      ${kind !== '' && html`<p class="kind">${kind}${handMark(view, 'model_type', 'base_model')}</p>`}
      ${kind === '' && guessedKind(view)}
    </div>
    ${known === undefined && html`<p class="muted">${unknownLine(view)}</p>`}
    <p>
      ${shown.creator !== undefined && html`by ${creatorName(view, shown.creator, links)}${handMark(view, 'creator')}`}${shown.creator !== undefined && shown.versionName !== undefined && ' · '}${shown.versionName !== undefined && name(shown.versionName)}${
        known !== undefined && html` <span class="muted">(yours)</span>${newerLine(known)}`
      }
    </p>`;
}

function unknownLine({ isFileless, notes = [] }: ModelFileView): string {
  if (isFileless === true) return 'A model described by hand, without a file';
  return notes.some((note) => note.origin === 'about')
    ? 'A model described by hand'
    : 'A model file Civitai does not describe';
}

/** Said as what it is: nobody wrote it, the header lets guess it. */
function guessedKind({ hints }: ModelFileView): Html {
  const guess = [hints?.type, hints?.baseModel].filter((part) => part !== undefined).join(' · ');
  if (guess === '') return nothing;
  return html`<p class="kind">${guess} <span class="muted">guessed from the header</span></p>`;
}

/** To the creator's own page; where there is none a name of the site's leads there, and one that was written by hand may not be there. */
function creatorName({ known }: ModelFileView, creator: string, links: PageLinks): Html {
  const page = links.creatorPage?.(creator);
  if (page !== undefined) return html`<a href="${localUrl(page)}">${name(creator)}</a>`;
  if (known?.creator !== creator) return name(creator);
  return siteLink(siteAddress(links, ['user', creator]), name(creator));
}

function newerLine(known: KnownView): Html {
  const newer = known.versions.filter((version) => version.newer);
  if (newer.length === 0) return nothing;
  const latest = newer.reduce((best, version) =>
    (version.publishedAt ?? 0) > (best.publishedAt ?? 0) ? version : best,
  );
  return html` ·
    <a class="newer" href="#versions">${name(latest.name)} is out</a>
    ${latest.publishedAt !== undefined && html`<span class="muted">${dateOf(latest.publishedAt)}</span>`}`;
}
