import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { plainText } from './plain-text.ts';

describe('plainText', () => {
  it.each([
    ['<p>Hello <b>you</b></p>\n<p>there</p>', 'Hello you there'],
    ['a&amp;b &lt;c&gt; &#65;&#x42; &nope; &#0; &nbsp; d', 'a&b <c> AB &nope; &#0; d'],
    ['1 < 2 and <3', '1 < 2 and <3'],
    ['x<script>alert("<p>")</script>y<style>p{}</style>z', 'x y z'],
    ['a<b>b</b>c<br/>d<span style="x">e</span>.', 'abc de.'],
    ['x<!-- <p>no</p> -->y', 'x y'],
    ['open <img src="x', 'open'],
    ['<script>never closed', ''],
    ['&constructor; &__proto__;', '&constructor; &__proto__;'],
    ['', ''],
  ])('reads %j as %j', (html, text) => {
    expect(plainText(html, 1000)).toBe(text);
  });

  it('gives no more than asked for, well-formed single-blank text, and no tags', () => {
    const html = fc.array(
      fc.oneof(
        fc.constantFrom('<p>', '</p>', '<!--', '-->', '&#55357;', '&lt;', '<', '  ', '<script>', 'word'),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(html, fc.nat(50), (parts, most) => {
        const text = plainText(parts.join(''), most);

        expect(text.length).toBeLessThanOrEqual(most);
        expect(text).not.toMatch(/\s{2}/);
      }),
    );
  });

  it('reads the start of a huge text without reading all of it', () => {
    expect(plainText(`<p>start</p>${'<'.repeat(2_000_000)}`, 5)).toBe('start');
    expect(plainText('a'.repeat(5_000_000), 3)).toBe('aaa');
  });
});
