import { describe, expect, it } from 'vitest';
import { markdown } from './markdown.ts';

describe('text with marks of Markdown', () => {
  it('becomes headings, lists, emphasis, code and links', () => {
    const { text } = markdown(
      '# One\nfirst **bold** and *soft*\nsecond `a<b`\n\n- x\n- [site](https://x.org/a)\n\n1. y\n\n> said\n\n```\n<b>as typed</b>\n```',
    );

    for (const part of [
      '<h3>One</h3>',
      '<strong>bold</strong>',
      '<em>soft</em>',
      '<br',
      'a&lt;b',
      '<li>x</li>',
      'href="https://x.org/a"',
      '<ol><li>y</li></ol>',
      '<blockquote>said</blockquote>',
      '&lt;b&gt;as typed',
    ])
      expect(text).toContain(part);
  });

  it('brings no script, handler or other address into a page', () => {
    const { text } = markdown(
      '<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) [y](https://a"onclick=alert(1))',
    );

    expect(text).not.toMatch(/<script|<img|<[^>]*onerror|<[^>]*onclick|href="javascript/i);
  });

  it('leaves names with underscores and stars between words as they are', () => {
    expect(markdown('my_dog_rex 2*3*4').text).toContain('my_dog_rex 2*3*4');
  });
});
