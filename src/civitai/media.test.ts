import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMediaHost, originalUrl, parseMediaUrl, posterUrl } from './media.ts';

const UUID = '0b8e6a2c-1111-4222-8333-0123456789ab';
const BASE = `https://image.civitai.com/xG1nkqKTMzGDvpLrqFT7WA/${UUID}`;

describe('parseMediaUrl', () => {
  it.each([
    [`${BASE}/original=true/139221483.jpeg`, 139_221_483, { original: 'true' }, '.jpeg'],
    [`${BASE}/width=450/692411.jpeg`, 692_411, { width: '450' }, '.jpeg'],
    [
      `${BASE}/anim=false,transcode=true,width=450/77.mp4?x=1`,
      77,
      { anim: 'false', transcode: 'true', width: '450' },
      '.mp4',
    ],
    [`${BASE}/original=true/${UUID}.JPEG`, undefined, { original: 'true' }, '.jpeg'],
    [`${BASE}/width=450/00012.png`, undefined, { width: '450' }, '.png'],
    [`${BASE}/width=450/99999999999.png`, undefined, { width: '450' }, '.png'],
    [`${BASE}/5.jpeg`, 5, {}, '.jpeg'],
    [BASE, undefined, {}, ''],
  ])('reads %s', (url, imageId, params, ext) => {
    expect(parseMediaUrl(url)).toMatchObject({ uuid: UUID, imageId, params, ext });
  });

  it('knows nothing of addresses without a uuid, and never throws', () => {
    expect(parseMediaUrl('https://lh3.googleusercontent.com/a/b.png')).toBeUndefined();
    expect(parseMediaUrl('blob:https://civitai.com/x')).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), fc.webUrl(), (text, url) => {
        parseMediaUrl(text);
        parseMediaUrl(`${url}/${UUID}/${text}/${text}`);
        expect(parseMediaUrl(url)).toBeUndefined();
      }),
    );
  });
});

describe('originalUrl and posterUrl', () => {
  it('replace the parameters', () => {
    expect(originalUrl(`${BASE}/width=450/5.jpeg`)).toBe(`${BASE}/original=true/5.jpeg`);
    expect(originalUrl(`${BASE}/5.jpeg`)).toBe(`${BASE}/original=true/5.jpeg`);
    expect(originalUrl(BASE)).toBe(`${BASE}/original=true/${UUID}.jpeg`);
    expect(posterUrl(`${BASE}/original=true/5.mp4`)).toBe(
      `${BASE}/anim=false,transcode=true,width=450/5.jpeg`,
    );
  });

  it('leave other addresses as they are', () => {
    expect(originalUrl('https://example.com/a.png')).toBe('https://example.com/a.png');
    expect(originalUrl('nonsense')).toBe('nonsense');
    expect(posterUrl('https://example.com/a.mp4')).toBeUndefined();
  });

  it('are the same twice over', () => {
    for (const url of [`${BASE}/width=450/5.jpeg`, BASE])
      expect(originalUrl(originalUrl(url))).toBe(originalUrl(url));
  });
});

describe('isMediaHost', () => {
  it('allows the image hosts by https, and this machine only for an API on this machine', () => {
    const site = 'https://civitai.com/api/v1';
    const own = 'http://127.0.0.1:8080/api/v1';

    expect(isMediaHost(`${BASE}/5.jpeg`, site)).toBe(true);
    expect(isMediaHost('http://image.civitai.com/x', site)).toBe(false);
    expect(isMediaHost('https://image.civitai.com.evil.example/x', site)).toBe(false);
    expect(isMediaHost('https://evil.example/image.civitai.com', site)).toBe(false);
    expect(isMediaHost('http://127.0.0.1:9/x', site)).toBe(false);
    expect(isMediaHost('http://127.0.0.1:9/x', own)).toBe(true);
    expect(isMediaHost('file:///etc/passwd', own)).toBe(false);
  });
});
