import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, Html, html, type HtmlValue } from './html.ts';

describe('the html tag', () => {
  it('escapes text in elements and quoted attributes', () => {
    const trick = `<b title="x" onclick='y'>\`&`;

    expect(html`<p title="${trick}">${trick}</p>`.text).toBe(
      '<p title="&lt;b title=&quot;x&quot; onclick=&#39;y&#39;&gt;&#96;&amp;">&lt;b title=&quot;x&quot; onclick=&#39;y&#39;&gt;&#96;&amp;</p>',
    );
  });

  it('prints markup and lists of markup as they are, and nothing for nothing', () => {
    const inner: HtmlValue[] = [html`<i>a</i>`, undefined, false, null, html`<i>${0}</i>`];

    expect(html`<p>${inner}${undefined}${''}</p>`.text).toBe('<p><i>a</i><i>0</i></p>');
    expect(html`${Html.unsafe('<hr>')}`.text).toBe('<hr>');
  });

  it('replaces what HTML forbids: control characters and lone surrogates', () => {
    expect(escapeHtml('a\0b\u001bc\ud800d\te\nf')).toBe('a\uFFFDb\uFFFDc\uFFFDd\te\nf');
  });

  it('leaves no text that could open a tag, an entity of its own or end an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"'`]|&(?!(?:amp|lt|gt|quot|#39|#96);)/);
        expect(escaped.isWellFormed()).toBe(true);
      }),
    );
  });
});
