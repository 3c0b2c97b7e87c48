import { createRequire } from 'node:module';
import type sanitizeHtml from 'sanitize-html';
import { Html } from './html.ts';

/** Longest description that is read, in characters; the longest seen on the site has 50,353. */
const LONGEST = 400_000;

const TAGS = [
  'p', 'br', 'hr', 'strong', 'b', 'em', 'i', 'u', 's', 'del', 'ins', 'mark', 'small', 'sub', 'sup', 'code', 'pre', 'kbd',
  'blockquote', 'ul', 'ol', 'li', 'h3', 'a', 'span', 'div', 'table', 'thead', 'tbody', 'tr', 'th', 'td',
]; // prettier-ignore

/**
 * A description as the site gave it, made safe: known tags only, no attributes but the address of links, no picture or
 * frame (they become links, so that opening a page asks nobody for anything).
 */
export function cleanHtml(dirty: string): Html {
  // Loaded on first use: most commands never print a page.
  const sanitize: typeof sanitizeHtml = createRequire(import.meta.url)('sanitize-html');
  const clean = sanitize(dirty.slice(0, LONGEST), cleaningOptions());
  return Html.unsafe(clean.replaceAll('\0', '\uFFFD'));
}

function cleaningOptions(): sanitizeHtml.IOptions {
  // Links can't stand in links: a picture inside one becomes plain text.
  let openLinks = 0;
  const mediaLink: sanitizeHtml.Transformer = (tag, attribs) => {
    const href = webAddress(attribs['src']);
    const label = mediaLabel(tag, attribs);
    if (href === undefined || openLinks > 0) return { tagName: 'span', attribs: {}, text: `[${label}]` };
    return { tagName: 'a', attribs: { href, ...LINK }, text: `[${label}]` };
  };
  return {
    allowedTags: TAGS,
    allowedAttributes: { a: ['href', 'rel', 'target'] },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowProtocolRelative: false,
    nestingLimit: 40,
    onOpenTag: (name) => {
      if (name === 'a') openLinks += 1;
    },
    onCloseTag: (name) => {
      if (name === 'a') openLinks = Math.max(0, openLinks - 1);
    },
    transformTags: {
      // The page itself has the first two ranks of headings, and no rank may be left out.
      h1: 'h3',
      h2: 'h3',
      h4: 'h3',
      h5: 'h3',
      h6: 'h3',
      a: (_tag, attribs) => plainLink(attribs['href']),
      img: mediaLink,
      video: mediaLink,
      iframe: mediaLink,
    },
    // A link or heading without words says nothing to anybody.
    exclusiveFilter: (frame) =>
      /^(?:a|h[1-6])$/.test(frame.tag) && frame.text.trim() === '' && frame.mediaChildren.length === 0,
  };
}

const LINK = { rel: 'noreferrer noopener nofollow', target: '_blank' } as const;

function plainLink(href: string | undefined): sanitizeHtml.Tag {
  const address = webAddress(href) ?? (href?.startsWith('mailto:') === true ? href : undefined);
  if (address === undefined) return { tagName: 'span', attribs: {} };
  return { tagName: 'a', attribs: { href: address, ...LINK } };
}

/** A whole http(s) address, else `undefined`: relative ones meant the site, not this disk. */
function webAddress(text: string | undefined): string | undefined {
  const url = URL.parse(text ?? '');
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : undefined;
}

function mediaLabel(tag: string, attribs: sanitizeHtml.Attributes): string {
  const alt = (attribs['alt'] ?? attribs['title'] ?? '').trim().slice(0, 120);
  if (alt !== '') return alt;
  return tag === 'img' ? 'picture' : 'video';
}
