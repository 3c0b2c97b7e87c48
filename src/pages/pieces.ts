import { formatCount } from '../base/bytes.ts';
import { formatDay } from '../base/dates.ts';
import { type Html, type HtmlValue, html } from './html.ts';
import { GLYPHS } from './icons.ts';

/** A button that copies `text`; `label` says what, for screen readers and the notice. */
export function copyButton(text: string, label: string, face: HtmlValue = ''): Html {
  return html`<button
    type="button"
    class="copy"
    data-copy="${text}"
    data-what="${label}"
    title="Copy ${label}"
  >
    ${face === '' ? html`<span class="unseen">Copy ${label}</span>` : face}${GLYPHS.copy}
  </button>`;
}

/** A button that copies the text of the element with this id. */
export function copyFromButton(id: string, label: string): Html {
  return html`<button type="button" class="copy" data-copy-from="${id}" data-what="${label}">
    Copy ${label}${GLYPHS.copy}
  </button>`;
}

/** A link to the site; opens beside the page and tells the site nothing of it. */
export function siteLink(address: string, text: HtmlValue): Html {
  return html`<a href="${address}" rel="noreferrer noopener" target="_blank">${text}</a>`;
}

/** A date: the day as text, the reader's own way of writing it by the page's script. */
export function dateOf(epochMs: number | undefined): Html {
  if (epochMs === undefined || !isDate(epochMs)) return html`unknown`;
  const iso = new Date(epochMs).toISOString();
  return html`<time datetime="${iso}" title="${iso}">${formatDay(epochMs)}</time>`;
}

function isDate(epochMs: number): boolean {
  return Math.abs(epochMs) < 8.64e15;
}

/** A counter: `null` is hidden by the creator, `undefined` was never told. */
export function countOf(count: number | null | undefined): Html {
  if (count === null) return html`<span class="muted" title="Hidden by the creator">hidden</span>`;
  if (count === undefined) return html`<span class="muted">unknown</span>`;
  return html`<span class="figure">${formatCount(count)}</span>`;
}

/** One line of a description list, left out when there is nothing to say. */
export function fact(label: string, value: HtmlValue): Html {
  if (value === undefined || value === '' || value === null) return html``;
  return html`<div class="fact">
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`;
}

/** A section with a heading, left out when it has no body. */
export function section(id: string, title: string, body: Html | undefined): Html {
  if (body === undefined) return html``;
  return html`<section id="${id}" class="part" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section>`;
}

/** Text that may run right to left or carry control marks, kept to itself. */
export function name(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}
