import { describe, expect, it } from 'vitest';
import { homePath, listedPath, summaryRows } from './summary.ts';

describe('summaryRows', () => {
  it('puts the first numbers one below the other', () => {
    expect(
      summaryRows([
        ['9,873 files', '9,102 known'],
        ['212 requests in 2 min 21 s', '48.3 GiB hashed'],
        ['nothing new to write'],
      ]),
    ).toEqual([
      '9,873 files   9,102 known',
      '  212 requests in 2 min 21 s   48.3 GiB hashed',
      'nothing new to write',
    ]);
    expect(summaryRows([])).toEqual([]);
  });
});

describe('homePath', () => {
  it.each([
    ['/home/me/models/gallery.html', '~/models/gallery.html'],
    ['/home/me', '~'],
    ['/home/mean/models', '/home/mean/models'],
    ['/mnt/models', '/mnt/models'],
  ])('writes %s as %s', (path, shown) => {
    expect(homePath(path, '/home/me')).toBe(shown);
  });

  it('takes the top folder for no home', () => {
    expect(homePath('/models', '/')).toBe('/models');
  });
});

describe('listedPath', () => {
  it('keeps a name with line feeds on one line', () => {
    expect(listedPath('/m/two\nlines\t.ckpt')).toBe('/m/two\uFFFDlines\uFFFD.ckpt');
  });
});
