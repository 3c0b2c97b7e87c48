import { cleanHtml } from './clean-html.ts';
import { type Html, html } from './html.ts';

/** Lines read of one text. */
const MOST_LINES = 5000;

/**
 * The few marks of Markdown that people write by hand: headings, lists, quotes, code, emphasis, links. What is none of
 * them stays as it was typed, and what is HTML is cleaned like the site's own.
 */
export function markdown(text: string): Html {
  const blocks = blocksOf(text.split('\n', MOST_LINES));
  return html`<div class="prose" dir="auto">${cleanHtml(blocks.map(blockHtml).join('\n'))}</div>`;
}

interface Block {
  readonly kind: 'p' | 'h' | 'ul' | 'ol' | 'quote' | 'code';
  readonly lines: string[];
}

const FORMS: readonly (readonly [Block['kind'], RegExp])[] = [
  ['h', /^#{1,6}\s+/],
  ['ul', /^\s*[-*+]\s+/],
  ['ol', /^\s*\d{1,4}[.)]\s+/],
  ['quote', /^>\s?/],
];

function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  const push = (kind: Block['kind'], line: string, joins: boolean): void => {
    if (open === undefined || open.kind !== kind || !joins) {
      open = { kind, lines: [] };
      blocks.push(open);
    }
    open.lines.push(line);
  };
  let isCode = false;
  for (const line of lines) {
    if (/^\s*```/.test(line)) {
      isCode = !isCode;
      open = undefined;
    } else if (isCode) push('code', line, true);
    else if (line.trim() === '') open = undefined;
    else {
      const [kind, form] = FORMS.find(([, one]) => one.test(line)) ?? (['p', /^/] as const);
      push(kind, line.replace(form, ''), kind !== 'h');
    }
  }
  return blocks;
}

function blockHtml({ kind, lines }: Block): string {
  if (kind === 'code') return `<pre><code>${escaped(lines.join('\n'))}</code></pre>`;
  if (kind === 'h') return `<h3>${inline(lines.join(' '))}</h3>`;
  if (kind === 'quote') return `<blockquote>${lines.map(inline).join('<br>')}</blockquote>`;
  if (kind === 'p') return `<p>${lines.map(inline).join('<br>')}</p>`;
  return `<${kind}>${lines.map((line) => `<li>${inline(line)}</li>`).join('')}</${kind}>`;
}

/** Tags that were typed stay, for whoever writes HTML; they are cleaned afterwards. */
function inline(line: string): string {
  return line
    .replace(/`([^`\n]{1,500})`/g, (_, code: string) => `<code>${escaped(code)}</code>`)
    .replace(
      /\[([^\]\n]{1,300})\]\((https?:\/\/[^\s)"<>]{1,2000})\)/g,
      (_, words: string, url: string) => `<a href="${url}">${words}</a>`,
    )
    .replace(/\*\*([^*\n]{1,500})\*\*/g, '<strong>$1</strong>')
    .replace(/(^|[\s(])[*_]([^*_\n]{1,500})[*_](?=$|[\s).,;:!?])/g, '$1<em>$2</em>');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
