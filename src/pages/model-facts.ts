import { formatBytes } from '../base/bytes.ts';
import type { KnownView, ModelFileView } from '../catalog/views.ts';
import { handMark, shownOf } from './by-hand.ts';
import { localUrl } from './document.ts';
import { type Html, html, nothing } from './html.ts';
import { levelText } from './levels.ts';
import { fileUrl, otherPageUrl, type PageLinks, siteAddress } from './page-links.ts';
import { copyButton, countOf, dateOf, fact, name, siteLink } from './pieces.ts';

/** Types that A1111 and its kin call by `<lora:…>`. */
const LORA_TYPES = /^(?:lora|locon|dora|lycoris)$/i;

/** The facts beside the pictures, as one list. */
export function factList(view: ModelFileView, links: PageLinks): Html {
  const { known } = view;
  const shown = shownOf(view);
  return html`<dl class="facts">
    ${triggerFact(view, shown.trainedWords)} ${likelyTriggers(view, shown.trainedWords)} ${useFact(view)}
    ${known !== undefined && countsAs(known)} ${known !== undefined && knownFacts(known, links)}
    ${fact(view.isFileless === true ? 'Described in' : 'File', fileFact(view))}
    ${fact('Path', pathFact(view))}
    ${view.duplicates.length > 0 && fact('Same bytes', duplicateList(view.duplicates, links))}
    ${shown.tags.length > 0 && fact('Tags', html`${tagList(shown.tags, links)}${handMark(view, 'tags')}`)}
  </dl>`;
}

function triggerFact(view: ModelFileView, words: readonly string[]): Html {
  const said = words.map((word) => word.trim()).filter((word) => word !== '');
  if (said.length === 0) return nothing;
  return fact(
    'Trigger words',
    html`<span class="chips" id="triggers" data-triggers="${said.join(', ')}"
        >${said.map((word) => copyButton(word, 'trigger words', html`<bdi>${word}</bdi>`))}
        ${said.length > 1 && copyButton(said.join(', '), 'all trigger words', 'copy all')}</span
      >${handMark(view, 'trained_words')}`,
  );
}

/** Most words that are offered when the site names none. */
const MOST_LIKELY = 6;

/** The commonest tags of the training, where nobody said which words call the model. */
function likelyTriggers({ training }: ModelFileView, trained: readonly string[]): Html {
  const tags = training?.tags.slice(0, MOST_LIKELY) ?? [];
  if (tags.length === 0 || trained.length > 0) return nothing;
  const chips = tags.map(({ tag }) => copyButton(tag, 'tag', html`<bdi>${tag}</bdi>`));
  return fact('Likely triggers', html`<span class="chips">${chips}</span>`);
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
  const type = shownOf(view).type ?? view.hints?.type ?? (view.training === undefined ? '' : 'LORA');
  if (LORA_TYPES.test(type)) return [`<lora:${view.stem}:0.8>`];
  if (/^hypernetwork$/i.test(type)) return [`<hypernet:${view.stem}:0.8>`];
  if (/^textualinversion$/i.test(type)) return [view.stem, `embedding:${view.stem}`];
  return [];
}

function knownFacts(known: KnownView, links: PageLinks): Html {
  return html`${fact('Counters', counters(known))}
  ${fact('Rated', html`${levelText(known.nsfwLevel)}${known.nsfw && html` <span class="muted">marked mature</span>`}`)}
  ${fact('Dates', dates(known))} ${fact('Permissions', permissions(known))}
  ${fact('Ids', idsOf(known, links))}`;
}

/** Said when the same bytes stand in several versions. */
function countsAs(known: KnownView): Html {
  const { length } = known.candidates;
  if (length < 2) return nothing;
  const text = html`${name(known.versionName)},
    <a href="#candidates">one of ${length} versions with these bytes</a>`;
  return fact('Counts as', text);
}

/** Every counter with its word; ratings and favourites only where a payload had them. */
function counters(known: KnownView): Html {
  const { versionDownloads, rating, ratingCount, favorites } = known;
  const own =
    versionDownloads === undefined || versionDownloads === known.downloads ? undefined : versionDownloads;
  const parts = [
    html`downloads ${countOf(known.downloads)}${own !== undefined && html` (this version ${countOf(own)})`}`,
    html`thumbs ${countOf(known.thumbsUp)} up, ${countOf(known.thumbsDown)} down`,
    html`comments ${countOf(known.comments)}`,
    html`tips ${countOf(known.tipped)}`,
    rating !== undefined &&
      html`rating
        <span class="figure">${rating.toFixed(2)}</span
        >${ratingCount !== undefined && html` from ${countOf(ratingCount)}`}`,
    favorites !== undefined && html`favourites ${countOf(favorites)}`,
  ];
  return joined(parts.filter((part) => part !== false));
}

function dates(known: KnownView): Html {
  const parts = [html`published ${dateOf(known.publishedAt ?? known.createdAt)}`];
  if (known.updatedAt !== undefined) parts.push(html`updated ${dateOf(known.updatedAt)}`);
  return joined(parts);
}

/** Parts on one line, kept whole, with a dot between. */
function joined(parts: readonly Html[]): Html {
  return html`<span class="line">${parts.map((part) => html`<span>${part}</span>`)}</span>`;
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
    says.push(uses.length === 0 ? 'no commercial use' : `commercial use: ${uses.map(useWords).join(', ')}`);
  }
  if (known.usageControl !== undefined && known.usageControl !== 'Download')
    says.push(`usage: ${known.usageControl}`);
  return says.length === 0 ? undefined : says.join(' · ');
}

/** The site's names of what may be done for money, in words. */
const USES: Readonly<Record<string, string>> = {
  Image: 'images',
  RentCivit: 'generating on Civitai',
  Rent: 'generating on other services',
  Sell: 'selling the model',
};

function useWords(use: string): string {
  return USES[use] ?? use;
}

function idsOf(known: KnownView, links: PageLinks): Html {
  const download = siteAddress(links, ['api', 'download', 'models', known.versionId]);
  return html`model <span class="figure">${known.modelId}</span> · version
    <span class="figure">${known.versionId}</span> ·
    ${siteLink(download, 'download link')}${known.air !== undefined && html` · ${copyButton(known.air, 'AIR', 'AIR')}`}`;
}

function fileFact(view: ModelFileView): Html {
  const sha = view.sha256;
  const parts = [
    html`<span class="figure">${formatBytes(view.size)}</span>`,
    view.headerFormat !== undefined && html`${view.headerFormat}`,
    html`${dateOf(view.modifiedAt)}`,
  ];
  return html`<span class="filename" dir="auto">${view.name}</span>
    ${joined(parts.filter((part) => part !== false))}
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

/** Tags, each leading to the gallery's models that have it. */
function tagList(tags: readonly string[], links: PageLinks): Html {
  const { gallery } = links;
  const word = (tag: string): Html =>
    gallery === undefined
      ? name(tag)
      : html`<a href="${localUrl(gallery)}#tag=${encodeURIComponent(tag)}">${name(tag)}</a>`;
  return html`<span class="tags">${tags.map(word)}</span>`;
}
