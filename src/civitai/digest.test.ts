import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stableDigest } from './digest.ts';

const VERSION = {
  id: 7,
  name: 'v1',
  stats: { downloadCount: 5 },
  files: [
    {
      id: 9,
      scannedAt: '2024-01-01',
      downloadUrl: 'https://civitai.com/api/download/models/7',
      hashes: { SHA256: 'AA' },
    },
  ],
  images: [{ url: 'u', meta: { prompt: 'p', stats: 'a word' } }],
};

function changed(change: (copy: typeof VERSION) => void): string {
  const copy = structuredClone(VERSION);
  change(copy);
  return stableDigest(JSON.stringify(copy));
}

describe('stableDigest', () => {
  const before = stableDigest(JSON.stringify(VERSION));

  it('stays when only statistics, scan times, hosts of links, spelling or the order of keys change', () => {
    expect(changed((copy) => (copy.stats.downloadCount = 999))).toBe(before);
    expect(changed((copy) => (copy.files[0]!.scannedAt = '2026-01-01'))).toBe(before);
    expect(changed((copy) => (copy.files[0]!.downloadUrl = 'https://undefined/api/download/models/7'))).toBe(
      before,
    );
    expect(
      stableDigest(JSON.stringify(Object.fromEntries(Object.entries(VERSION).reverse()), undefined, 2)),
    ).toBe(before);
    expect(stableDigest(JSON.stringify({ modelVersions: [VERSION] }))).toBe(
      stableDigest(JSON.stringify({ modelVersions: [{ ...VERSION, stats: null }] })),
    );
  });

  it('changes with anything a creator can change', () => {
    expect(changed((copy) => (copy.name = 'v2'))).not.toBe(before);
    expect(changed((copy) => (copy.files[0]!.hashes.SHA256 = 'BB'))).not.toBe(before);
    expect(changed((copy) => (copy.images[0]!.meta.prompt = 'q'))).not.toBe(before);
    expect(changed((copy) => (copy.images[0]!.meta.stats = 'another'))).not.toBe(before);
    expect(changed((copy) => copy.images.pop())).not.toBe(before);
  });

  it('tells numbers apart that a double can not', () => {
    expect(stableDigest('{"seed":18446744073709551615}')).not.toBe(
      stableDigest('{"seed":18446744073709551614}'),
    );
  });

  it('never depends on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).reverse());
        expect(stableDigest(JSON.stringify(turned))).toBe(stableDigest(JSON.stringify(object)));
      }),
    );
  });
});
