/** What stands for one character in HTML that people write; the rest of the named ones stay as they are. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', hellip: '…', ndash: '–', mdash: '—',
}; // prettier-ignore
const ENTITY = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,6}));/g;
/** Elements whose content is no text. */
const MUTE = /^(?:script|style)\b/i;
/** Elements inside a line of text: they part no words. */
const INLINE = /^<\/?(?:a|b|i|u|s|em|strong|span|code|sub|sup|font|small|mark|del|ins)[\s>]/i;
const LONGEST_ENTITY = 10;

/**
 * The text of hostile HTML for search and previews: tags, comments, scripts and styles left out, white space made single
 * blanks, at most `most` UTF-16 units. Not for output as HTML: what it gives may hold `<`.
 */
export function plainText(html: string, most: number): string {
  let text = '';
  let at = 0;
  while (at < html.length && text.length < most) {
    const open = html.indexOf('<', at);
    const end = open === -1 ? html.length : open;
    // Twice the room: entities and white space shrink.
    text += squeezed(html.slice(at, Math.min(end, at + 2 * most + LONGEST_ENTITY)), text);
    if (open === -1) break;
    at = afterTag(html, open);
    if (at === open + 1) text += '<';
    else if (text !== '' && !text.endsWith(' ') && !INLINE.test(html.slice(open, open + 10))) text += ' ';
  }
  return text.slice(0, most).trim();
}

function squeezed(raw: string, before: string): string {
  const text = decoded(raw).replace(/[^\S ]\s*| \s+/g, ' ');
  return before === '' || before.endsWith(' ') ? text.replace(/^ /, '') : text;
}

function decoded(raw: string): string {
  if (!raw.includes('&')) return raw;
  return raw.replace(ENTITY, (entity: string, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return Object.hasOwn(NAMED, name) ? (NAMED[name] ?? entity) : entity;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : entity;
  });
}

/** Where the text goes on after the tag at `open`; one further when it is no tag, only a sign. */
function afterTag(html: string, open: number): number {
  if (html.startsWith('<!--', open)) return after(html, '-->', open + 4);
  if (!/^<[a-zA-Z/!?]/.test(html.slice(open, open + 2))) return open + 1;
  const name = html.slice(open + 1, open + 8);
  const close = after(html, '>', open);
  if (!MUTE.test(name)) return close;
  const ending = /<\/(?:script|style)/i.exec(html.slice(close, close + 1_000_000));
  return ending === null ? html.length : after(html, '>', close + ending.index);
}

function after(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from);
  return found === -1 ? html.length : found + mark.length;
}
