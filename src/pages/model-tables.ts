import { formatBytes, formatCount } from '../base/bytes.ts';
import type {
  ChangeView,
  KnownView,
  ModelFileView,
  TrainingView,
  VersionFileView,
  VersionView,
} from '../catalog/views.ts';
import { type Html, html } from './html.ts';
import { otherPageUrl, type PageLinks, versionAddress } from './page-links.ts';
import { copyButton, dateOf, name, siteLink } from './pieces.ts';

/** Most training tags that are shown; a header can hold tens of thousands. */
const MOST_TAGS = 150;
/** Longest value that is shown in full among the changes. */
const LONGEST_CHANGE = 160;

/** The files of the version as the site lists them. */
export function filesTable(files: readonly VersionFileView[]): Html | undefined {
  if (files.length === 0) return undefined;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Files of this version">
    <table>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Type</th>
          <th scope="col" class="number">Size</th>
          <th scope="col">Precision</th>
          <th scope="col">Format</th>
          <th scope="col">Scans</th>
          <th scope="col">Hashes</th>
          <th scope="col">Here</th>
        </tr>
      </thead>
      <tbody>
        ${files.map(fileRow)}
      </tbody>
    </table>
  </div>`;
}

function fileRow(file: VersionFileView): Html {
  const scans = [file.pickleScan, file.virusScan].filter((scan) => scan !== undefined);
  return html`<tr>
    <th scope="row">
      <span class="filename" dir="auto">${file.name}</span
      >${file.primary && html` <span class="muted">primary</span>`}
    </th>
    <td>${file.type}</td>
    <td class="number">${formatBytes(file.sizeBytes)}</td>
    <td>${[file.precision, file.extent].filter((part) => part !== undefined).join(' ')}</td>
    <td>${file.format}</td>
    <td>${scans.length === 0 ? 'unknown' : [...new Set(scans)].join(', ')}</td>
    <td>
      ${file.hashes.map(([type, value]) => copyButton(value, type, html`${type} <code>${value.slice(0, 8).toUpperCase()}</code>`))}
    </td>
    <td>${file.held ? html`<span class="state-ok">held</span>` : html`<span class="muted">no</span>`}</td>
  </tr>`;
}

/** Every version in the site's order, ours marked, with what is newer. */
export function versionsTimeline(known: KnownView, links: PageLinks): Html | undefined {
  if (known.versions.length === 0) return undefined;
  return html`<ol class="timeline">
    ${known.versions.map((version) => versionItem(version, known, links))}
  </ol>`;
}

function versionItem(version: VersionView, known: KnownView, links: PageLinks): Html {
  const page = version.ours ? undefined : otherPageUrl(links, version.heldPath);
  const marks = [
    version.ours && html`<span class="mark mark-ours">yours</span>`,
    version.newer && html`<span class="mark mark-new">newer</span>`,
    !version.ours && version.heldPath !== undefined && html`<span class="mark">held</span>`,
    version.earlyAccessUntil !== undefined &&
      html`<span class="mark">early access until ${dateOf(version.earlyAccessUntil)}</span>`,
  ];
  return html`<li class="${version.ours ? 'ours' : version.newer ? 'newer' : 'older'}">
    <span class="when">${dateOf(version.publishedAt)}</span>
    <span class="what">
      <strong
        >${page === undefined ? name(version.name) : html`<a href="${page}">${name(version.name)}</a>`}</strong
      >
      ${version.baseModel !== undefined && html`<span class="muted">${version.baseModel}</span>`} ${marks}
      ${siteLink(versionAddress(links, known.modelId, version.id), html`on Civitai<span class="unseen">: ${version.name}</span>`)}
    </span>
  </li>`;
}

/** What the site changed since we first looked, newest first. */
export function changesTable(changes: readonly ChangeView[]): Html | undefined {
  if (changes.length === 0) return undefined;
  const newestFirst = changes.toSorted((a, b) => b.at - a.at);
  return html`<ol class="timeline changes">
    ${newestFirst.map(
      (change) =>
        html`<li>
          <span class="when">${dateOf(change.at)}</span>
          <span class="what"><strong>${change.field}</strong> ${changedText(change)}</span>
        </li>`,
    )}
  </ol>`;
}

function changedText({ before, after }: ChangeView): Html {
  return html`<del dir="auto">${shorten(before)}</del> <ins dir="auto">${shorten(after)}</ins>`;
}

function shorten(text: string | undefined): string {
  if (text === undefined || text === '') return 'nothing';
  return text.length <= LONGEST_CHANGE ? text : `${[...text].slice(0, LONGEST_CHANGE).join('')}…`;
}

/** The versions that hold this very file, when there are several, and which one it counts as. */
export function candidateList(known: KnownView, links: PageLinks): Html | undefined {
  const { candidates, choiceReason, pinned } = known;
  if (candidates.length < 2) return undefined;
  const why =
    pinned === true
      ? 'You settled which one it counts as.'
      : "The file's name, size and precision decide which one it counts as; civitarium pin settles it otherwise.";
  return html`<p class="prose">These bytes stand in ${candidates.length} versions on Civitai. ${why}</p>
    <ul class="plain">
      ${candidates.map(
        (candidate) =>
          html`<li>
            ${siteLink(versionAddress(links, candidate.modelId, candidate.versionId), html`${name(candidate.modelName)} · ${name(candidate.versionName)}`)}
            ${candidate.chosen && html`<span class="mark mark-ours">chosen</span>`}
            ${candidate.chosen && choiceReason !== undefined && pinned !== true && html`<span class="muted">${choiceReason}</span>`}
          </li>`,
      )}
    </ul>`;
}

/** What the file's own header tells of its training. */
export function trainingPart(training: TrainingView | undefined): Html | undefined {
  if (training === undefined || (training.tags.length === 0 && training.facts.length === 0)) return undefined;
  const tags = training.tags.slice(0, MOST_TAGS);
  const more = training.tags.length - tags.length;
  return html`${
    training.facts.length > 0 &&
    html`<dl class="settings wide many">
      ${training.facts.map(
        ([label, value]) =>
          html`<div>
            <dt>${label}</dt>
            <dd dir="auto">${value}</dd>
          </div>`,
      )}
    </dl>`
  }
  ${
    tags.length > 0 &&
    html`<h3>Tags it was trained with</h3>
      <p class="chips">
        ${tags.map(({ tag, count }) => copyButton(tag, 'tag', html`<bdi>${tag}</bdi> <span class="muted figure">${formatCount(count)}</span>`))}
      </p>
      ${more > 0 && html`<p class="muted">and ${formatCount(more)} more</p>`}`
  }`;
}

/** The hashes of our own file. */
export function hashTable(view: ModelFileView): Html | undefined {
  if (view.hashes.length === 0) return undefined;
  return html`<dl class="settings wide">
    ${view.hashes.map(
      ([type, value]) =>
        html`<div>
          <dt>${type}</dt>
          <dd>${copyButton(value, type, html`<code>${value.toUpperCase()}</code>`)}</dd>
        </div>`,
    )}
  </dl>`;
}
