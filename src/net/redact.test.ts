import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, redactUrl } from './redact.ts';

describe('redact', () => {
  it.each([
    ['https://a.b/x?limit=1&token=abc123&cursor=2', 'https://a.b/x?limit=1&token=[struck]&cursor=2'],
    ['https://a.b/x?Token=abc#frag', 'https://a.b/x?Token=[struck]#frag'],
    ['{"nextPage":"https://a.b/x?token=abc"}', '{"nextPage":"https://a.b/x?token=[struck]"}'],
    [
      'https://r2/x?X-Amz-Signature=ff&X-Amz-Date=1',
      'https://r2/x?X-Amz-Signature=[struck]&X-Amz-Date=[struck]',
    ],
    ['authorization: Bearer abc.def-1', 'authorization: Bearer [struck]'],
    ['https://me:secret@a.b/', 'https://[struck]@a.b/'],
  ])('strikes secrets out of %s', (text, safe) => {
    expect(redact(text)).toBe(safe);
  });

  it('strikes the key itself wherever it stands', () => {
    expect(redact('the key is K/1, as a parameter K%2F1', 'K/1')).toBe(
      'the key is [struck], as a parameter [struck]',
    );
  });

  it('leaves an address without secrets as it is', () => {
    fc.assert(
      fc.property(fc.webUrl(), (url) => {
        expect(redactUrl(url)).toBe(url);
      }),
    );
  });

  it('never lets a token through, whatever surrounds it', () => {
    fc.assert(
      fc.property(fc.webUrl(), fc.stringMatching(/^[A-Za-z0-9]{8,40}$/), (url, secret) => {
        expect(redactUrl(`${url}?a=1&token=${secret}&b=2`)).not.toContain(`token=${secret}`);
      }),
    );
  });
});
