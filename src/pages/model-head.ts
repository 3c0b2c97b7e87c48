import { formatBytes } from '../base/bytes.ts';
import type { KnownView, ModelFileView } from '../catalog/views.ts';
import { localUrl } from './document.ts';
import { type Html, type HtmlValue, html, nothing } from './html.ts';
import { GLYPHS } from './icons.ts';
import { levelText } from './levels.ts';
import { fileUrl, otherPageUrl, type PageLinks, siteAddress, versionAddress } from './page-links.ts';
import { copyButton, countOf, dateOf, fact, name, siteLink } from './pieces.ts';

/** Types that A1111 and its kin call by `<lora:…>`. */
const LORA_TYPES = /^(?:lora|locon|dora|lycoris)$/i;

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
      <button type="button" class="control" id="theme" hidden>
        ${GLYPHS.theme}<span class="unseen">Light or dark</span>
      </button>
      ${known !== undefined && siteLink(versionAddress(links, known.modelId, known.versionId), html`Open on Civitai${GLYPHS.out}`)}
    </div>
  </header>`;
}

/** What the reader must know before anything else: removed, missing, never asked, damaged. */
export function banners(view: ModelFileView): Html {
  return html`${stateBanner(view)}
  ${view.headerWarning !== undefined && banner('failed', 'The file is damaged', view.headerWarning)}
  ${view.problem !== undefined && banner('failed', 'The file could not be read', view.problem)}`;
}

function stateBanner(view: ModelFileView): Html {
  const { state, known } = view;
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
  return nothing;
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
  if (known === undefined) {
    return html`<div class="title"><h1 dir="auto">${view.stem}</h1></div>
      <p class="muted">A model file Civitai does not describe</p>`;
  }
  return html`<div class="title">
      <h1 dir="auto">${known.modelName}</h1>
      <p class="kind">${known.type}${known.baseModel !== undefined && html` · ${known.baseModel}`}</p>
    </div>
    <p>
      ${
        known.creator !== undefined &&
        html`by ${siteLink(siteAddress(links, ['user', known.creator]), name(known.creator))} · `
      }${name(known.versionName)} <span class="muted">(yours)</span>${newerLine(known)}
    </p>`;
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

/** The facts beside the pictures, as one list. */
export function factList(view: ModelFileView, links: PageLinks): Html {
  const { known } = view;
  return html`<dl class="facts">
    ${known !== undefined && triggerFact(known.trainedWords)} ${useFact(view)}
    ${known !== undefined && knownFacts(known, links)} ${fact('File', fileFact(view))}
    ${fact('Path', pathFact(view))}
    ${view.duplicates.length > 0 && fact('Same bytes', duplicateList(view.duplicates, links))}
    ${known !== undefined && known.tags.length > 0 && fact('Tags', tagList(known.tags))}
  </dl>`;
}

function triggerFact(words: readonly string[]): Html {
  const said = words.map((word) => word.trim()).filter((word) => word !== '');
  if (said.length === 0) return nothing;
  return fact(
    'Trigger words',
    html`<span class="chips" id="triggers" data-triggers="${said.join(', ')}"
      >${said.map((word) => copyButton(word, 'trigger words', html`<bdi>${word}</bdi>`))}
      ${said.length > 1 && copyButton(said.join(', '), 'all trigger words', 'copy all')}</span
    >`,
  );
}

function useFact(view: ModelFileView): Html {
  const uses = usesOf(view);
  if (uses.length === 0) return nothing;
  return fact(
    'Use',
    html`<span class="chips"
      >${uses.map((use) => copyButton(use, use, html`<code dir="auto">${use}</code>`))}</span
    >`,
  );
}

/** How prompts call the file, as A1111 and ComfyUI spell it. */
function usesOf(view: ModelFileView): string[] {
  const type = view.known?.type ?? (view.training === undefined ? '' : 'LORA');
  if (LORA_TYPES.test(type)) return [`<lora:${view.stem}:0.8>`];
  if (/^hypernetwork$/i.test(type)) return [`<hypernet:${view.stem}:0.8>`];
  if (/^textualinversion$/i.test(type)) return [view.stem, `embedding:${view.stem}`];
  return [];
}

function knownFacts(known: KnownView, links: PageLinks): Html {
  const rating =
    known.rating === undefined
      ? undefined
      : html`${known.rating.toFixed(2)}${known.ratingCount !== undefined && html` from ${countOf(known.ratingCount)}`}`;
  return html`${fact('Downloads', downloadsOf(known))}
  ${fact('Thumbs', html`${countOf(known.thumbsUp)} up · ${countOf(known.thumbsDown)} down`)}
  ${fact('Comments', countOf(known.comments))} ${fact('Tips', countOf(known.tipped))}
  ${fact('Rating', rating)} ${known.favorites !== undefined && fact('Favourites', countOf(known.favorites))}
  ${fact('Rated', html`${levelText(known.nsfwLevel)}${known.nsfw && html` <span class="muted">marked mature</span>`}`)}
  ${fact('Published', dateOf(known.publishedAt ?? known.createdAt))}
  ${known.updatedAt !== undefined && fact('Updated', dateOf(known.updatedAt))}
  ${fact('Permissions', permissions(known))} ${fact('Ids', idsOf(known, links))}`;
}

function downloadsOf(known: KnownView): Html {
  if (known.versionDownloads === undefined || known.versionDownloads === known.downloads)
    return countOf(known.downloads);
  return html`${countOf(known.downloads)}
    <span class="muted">this version ${countOf(known.versionDownloads)}</span>`;
}

function permissions(known: KnownView): string | undefined {
  const says: string[] = [];
  if (known.allowNoCredit !== undefined)
    says.push(known.allowNoCredit ? 'no credit needed' : 'credit the creator');
  if (known.allowDerivatives !== undefined)
    says.push(known.allowDerivatives ? 'merges allowed' : 'no merges shared');
  if (known.allowDifferentLicense === false) says.push('same permissions on merges');
  if (known.commercialUse !== undefined) {
    const uses = known.commercialUse.filter((use) => use !== 'None');
    says.push(uses.length === 0 ? 'no commercial use' : `commercial use: ${uses.join(', ')}`);
  }
  if (known.usageControl !== undefined && known.usageControl !== 'Download')
    says.push(`usage: ${known.usageControl}`);
  return says.length === 0 ? undefined : says.join(' · ');
}

function idsOf(known: KnownView, links: PageLinks): Html {
  const download = siteAddress(links, ['api', 'download', 'models', known.versionId]);
  return html`model <span class="figure">${known.modelId}</span> · version
    <span class="figure">${known.versionId}</span> ·
    ${siteLink(download, 'download link')}${known.air !== undefined && html` · ${copyButton(known.air, 'AIR', 'AIR')}`}`;
}

function fileFact(view: ModelFileView): Html {
  const sha = view.sha256;
  return html`<span class="filename" dir="auto">${view.name}</span>
    <span class="figure">${formatBytes(view.size)}</span>
    ${view.headerFormat !== undefined && html`<span class="muted">${view.headerFormat}</span>`}
    <span class="muted">of ${dateOf(view.modifiedAt)}</span>
    ${sha !== undefined && copyButton(sha, 'SHA-256', html`SHA-256 <code>${sha.slice(0, 10).toUpperCase()}…</code>`)}`;
}

function pathFact(view: ModelFileView): Html {
  return html`<span class="path" dir="auto">${view.path}</span> ${copyButton(view.path, 'path')}`;
}

function duplicateList(paths: readonly string[], links: PageLinks): Html {
  return html`<ul class="plain">
    ${paths.map((path) => {
      const page = otherPageUrl(links, path);
      const text = html`<span class="path" dir="auto">${path}</span>`;
      return html`<li>
        ${page === undefined ? html`<a href="${fileUrl(links, path)}">${text}</a>` : html`<a href="${page}">${text}</a>`}
      </li>`;
    })}
  </ul>`;
}

function tagList(tags: readonly string[]): Html {
  return html`<span class="tags">${tags.map((tag) => html`<bdi class="tag">${tag}</bdi> `)}</span>`;
}
