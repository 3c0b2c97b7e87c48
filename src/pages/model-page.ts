import type { KnownView, ModelFileView } from '../catalog/views.ts';
import { shownOf } from './by-hand.ts';
import { cleanHtml } from './clean-html.ts';
import { documentOf, localUrl } from './document.ts';
import { type Html, html } from './html.ts';
import { factList } from './model-facts.ts';
import { banners, titleBlock, topBar } from './model-head.ts';
import { mediaParts } from './model-media.ts';
import {
  candidateList,
  changesTable,
  filesTable,
  hashTable,
  trainingPart,
  versionsTimeline,
} from './model-tables.ts';
import { notesParts } from './model-notes.ts';
import type { PageLinks } from './page-links.ts';
import { section } from './pieces.ts';

/**
 * The page of one model file, known to the site or not. A pure function: the same view gives the same bytes, so it
 * holds no build time, and its neighbours come from `gallery.files/nav.js` when it is opened.
 */
export function modelPage(view: ModelFileView, links: PageLinks): string {
  return documentOf({
    title: titleOf(view),
    assets: links.assets,
    bundle: 'page',
    data: [],
    body: html`<body
      data-file="${view.fileId}"
      data-assets="${links.assets}"
      data-gallery="${links.gallery === undefined ? '' : localUrl(links.gallery)}"
      ${view.known !== undefined && html`data-version="${view.known.versionId}"`}
    >
      ${topBar(view, links)}
      <main>${banners(view)}${parts(view, links)}</main>
      ${keysDialog()}
      <div id="notice" role="status" aria-live="polite"></div>
    </body>`,
  });
}

function titleOf(view: ModelFileView): string {
  const { name, versionName } = shownOf(view);
  return versionName === undefined ? name : `${name} · ${versionName}`;
}

function parts(view: ModelFileView, links: PageLinks): Html {
  const { known } = view;
  const media = mediaParts(known?.images ?? [], links);
  return html`<div class="top">
      <div class="media">${media.stage}</div>
      <div class="about">
        ${titleBlock(view, links)} ${factList(view, links)} ${notesParts(view)}
        ${known !== undefined && descriptions(known)}
      </div>
    </div>
    ${known !== undefined && links.gallery !== undefined && madeWith()}
    ${known !== undefined && knownParts(known, links)}
    ${section('training', 'Training data from the file’s header', trainingPart(view.training))}
    ${view.isFileless !== true && section('hashes', 'Hashes of this file', hashTable(view))}
    ${section('prompts', 'Prompts', media.prompts)}`;
}

/** Filled in by the page's script, so that no image that comes has a page written anew. */
function madeWith(): Html {
  return html`<section id="made-with" class="part" aria-labelledby="made-with-title" hidden>
    <h2 id="made-with-title">Images made with it</h2>
  </section>`;
}

/** Beside the pictures, for they may stand high. */
function descriptions(known: KnownView): Html {
  return html`${section('about-version', 'About this version', description(known.versionDescription))}
  ${section('about-model', 'About the model', description(known.modelDescription))}`;
}

function knownParts(known: KnownView, links: PageLinks): Html {
  return html`${section('files', 'Files', filesTable(known.files))}
  ${section('versions', 'Versions', versionsTimeline(known, links))}
  ${section('candidates', 'One file, several versions', candidateList(known, links))}
  ${section('changes', 'What changed', changesTable(known.changes))}`;
}

function description(dirty: string | undefined): Html | undefined {
  if (dirty === undefined || dirty.trim() === '') return undefined;
  const clean = cleanHtml(dirty);
  return clean.text.trim() === '' ? undefined : html`<div class="prose" dir="auto">${clean}</div>`;
}

const KEYS: readonly (readonly [string, string])[] = [
  ['← →', 'previous and next model, or picture'],
  ['Enter', 'open a picture'],
  ['p', 'copy the prompt'],
  ['n', 'copy the negative prompt'],
  ['a', 'copy all settings'],
  ['c', 'copy the trigger words'],
  ['z', 'zoom'],
  ['Esc', 'one step back'],
];

function keysDialog(): Html {
  return html`<dialog id="keys" aria-labelledby="keys-title">
    <h2 id="keys-title">Keys</h2>
    <dl class="keys">
      ${KEYS.map(
        ([key, what]) =>
          html`<div>
            <dt>${key.split(' ').map((one) => html`<kbd>${one}</kbd> `)}</dt>
            <dd>${what}</dd>
          </div>`,
      )}
    </dl>
    <button type="button" class="control edged" data-close>Close</button>
  </dialog>`;
}
