import { describe, expect, it } from 'vitest';

import { UserError } from '../../base/errors.ts';
import { byteLength } from '../../profiles/file-name.ts';
import { isInside } from '../../profiles/template.ts';
import { templateValues } from './facts.ts';
import type { KnownFacts } from './facts.ts';
import { folderFor, PLACEHOLDERS, templateOf, TEMPLATES } from './templates.ts';

const ALPHA: KnownFacts = {
  model_id: 11,
  model_name: 'Alpha',
  version_id: 22,
  version_name: 'v1',
  type: 'LORA',
  username: 'alice',
  base_model: 'SDXL 1.0',
  nsfw: 0,
  created_at: Date.parse('2024-03-05T23:59:59Z'),
  published_at: Date.parse('2024-04-01T00:00:00Z'),
  rating: null,
  rating_count: null,
  download_count: 4200,
  thumbs_up: 420,
  model_download_count: 90_000,
  model_thumbs_up: 9000,
};

const NOTHING: KnownFacts = {
  ...ALPHA,
  model_name: null,
  type: null,
  username: null,
  base_model: null,
  nsfw: null,
  created_at: null,
  published_at: null,
  download_count: null,
  thumbs_up: null,
  model_download_count: null,
  model_thumbs_up: null,
};

function folder(template: string, facts: Partial<KnownFacts> = {}): string {
  return folderFor(templateOf(template), templateValues({ ...ALPHA, ...facts }));
}

describe('a template with a name', () => {
  it.each([
    ['by_type', 'LORA'],
    ['by_creator', 'alice'],
    ['by_type_and_creator', 'LORA/alice'],
    ['by_type_and_basemodel', 'LORA/SDXL 1.0'],
    ['by_base_model', 'SDXL 1.0/LORA'],
    ['by_nsfw', 'sfw/LORA'],
    ['by_type_basemodel_nsfw', 'LORA/SDXL 1.0/sfw'],
    ['by_date', '2024/03/LORA'],
    ['by_model_info', 'LORA/Alpha'],
    ['by_thumbs', 'thumbs_3.0/LORA'],
    ['by_type_and_thumbs', 'LORA/thumbs_3.0'],
    ['by_downloads', 'downloads_1000+/LORA'],
    ['by_type_and_downloads', 'LORA/downloads_1000+'],
  ])('%s leads to %s', (name, path) => {
    expect(folder(name)).toBe(path);
  });

  it.each([
    ['by_rating', 'rating_4.0/LORA'],
    ['by_type_and_rating', 'LORA/rating_4.0'],
    ['by_raw_rating', 'rating_5.0/LORA'],
    ['by_type_and_raw_rating', 'LORA/rating_5.0'],
  ])('%s counts ratings where an answer has them, and is Unknown where none has', (name, path) => {
    expect(folder(name, { rating: 4.9, rating_count: 442 })).toBe(path);
    expect(folder(name).split('/').sort()).toEqual(['LORA', 'Unknown']);
  });

  it('stands under no other name', () => {
    expect(() => templateOf('toString')).toThrow(UserError);
    expect(() => templateOf('by_typ')).toThrow('Did you mean by_type?');
    expect(() => templateOf('')).toThrow(UserError);
  });

  it('gives one folder for everything of which nothing is known', () => {
    for (const source of Object.values(TEMPLATES))
      expect(folderFor(templateOf(source), templateValues(NOTHING)).split('/')).toEqual(
        source.split('/').map(() => 'Unknown'),
      );
  });
});

describe('a placeholder', () => {
  it.each([
    ['model_name', 'Alpha'],
    ['model_id', '11'],
    ['version_name', 'v1'],
    ['version_id', '22'],
    ['type', 'LORA'],
    ['model_type', 'LORA'],
    ['creator', 'alice'],
    ['base_model', 'SDXL 1.0'],
    ['nsfw', 'sfw'],
    ['year', '2024'],
    ['month', '03'],
    ['day', '05'],
    ['rating', 'rating_4.5'],
    ['weighted_rating', 'rating_3.0'],
    ['rating_count', '7'],
    ['weighted_thumbsup', 'thumbs_3.0'],
    ['thumbs_up_count', '420'],
    ['download_count', '4200'],
    ['download_band', 'downloads_1000+'],
  ] as const)('{%s} stands for %s', (name, text) => {
    expect(PLACEHOLDERS).toContain(name);
    expect(folder(`{${name}}`, { rating: 4.6, rating_count: 7 })).toBe(text);
  });

  it('is tried in its order, and a text of last resort comes last', () => {
    expect(folder('{creator|base_model|nobody}', { username: null })).toBe('SDXL 1.0');
    expect(folder('{creator|nobody}', { username: null })).toBe('nobody');
    expect(folder('{creator|nobody}', { username: ' . ' })).toBe('nobody');
  });

  it.each([
    [0, 'downloads_0'],
    [1, 'downloads_1+'],
    [9, 'downloads_1+'],
    [10, 'downloads_10+'],
    [99_999, 'downloads_10000+'],
  ])('{download_band} of %i downloads is %s', (downloads, band) => {
    expect(folder('{download_band}', { download_count: downloads })).toBe(band);
  });

  it.each([
    [0, 0, 'thumbs_1.0'],
    [100, 0, 'thumbs_1.0'],
    [100, 5, 'thumbs_2.0'],
    [100, 20, 'thumbs_5.0'],
    [100, 90, 'thumbs_5.0'],
  ])('{weighted_thumbsup} of %i downloads and %i thumbs is %s', (downloads, thumbs, text) => {
    expect(folder('{weighted_thumbsup}', { download_count: downloads, thumbs_up: thumbs })).toBe(text);
  });

  it("never divides a version's thumbs by the model's downloads", () => {
    expect(folder('{weighted_thumbsup}', { download_count: null })).toBe('thumbs_3.0');
  });

  it('takes the day of publication when that of creation is not known', () => {
    expect(folder('{year}-{month}-{day}', { created_at: null })).toBe('2024-04-01');
  });
});

describe('a value of the site', () => {
  it.each([
    ['..', 'Unknown'],
    ['.', 'Unknown'],
    ['....', 'Unknown'],
    ['', 'Unknown'],
    ['   ', 'Unknown'],
    ['\0\0', 'Unknown'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['/etc', '_etc'],
    ['C:\\x', 'C__x'],
    ['a\0b', 'ab'],
    ['a\nb\r\nc', 'a b c'],
    ['{creator}', '{creator}'],
    ['{model_name|x}', '{model_name_x}'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['COM1', '_COM1'],
    ['name. ', 'name'],
    ['.hidden', 'hidden'],
    ['\u202Egnp.exe', 'gnp.exe'],
    ['مرحبا', 'مرحبا'],
    ['🎨🖌️', '🎨🖌️'],
    ['gallery.files', '_gallery.files'],
    ['Gallery.Files', '_Gallery.Files'],
  ])('%j is one folder with a name that is good everywhere: %s', (value, name) => {
    expect(folder('{model_name}', { model_name: value })).toBe(name);
  });

  it.each(['x'.repeat(300), '名'.repeat(300), '👩‍👩‍👧‍👦'.repeat(40)])(
    'of many letters is cut between them',
    (value) => {
      const name = folder('{type}/{model_name}', { model_name: value }).split('/')[1] ?? '';

      expect(byteLength(name)).toBeLessThanOrEqual(255);
      expect(name.isWellFormed()).toBe(true);
      expect(value.startsWith(name)).toBe(true);
    },
  );

  it('makes no folder of its own, whatever it is', () => {
    for (const value of ['a/b', 'a\\b', '../x', '{type}/{creator}', '\uD800', '/'])
      for (const template of Object.values(TEMPLATES)) {
        const path = folder(template, { model_name: value, username: value, type: value, base_model: value });
        expect(isInside(path)).toBe(true);
        expect(path.split('/')).toHaveLength(template.split('/').length);
      }
  });
});

describe('what CivitScraper got wrong in templates', () => {
  it('by_model_info has the name of the model, not of the version (B0-9)', () => {
    expect(folder('by_model_info')).toBe('LORA/Alpha');
  });

  it('rating folders have no stray blank (B0-22)', () => {
    for (const name of ['by_rating', 'by_type_and_rating', 'by_raw_rating', 'by_type_and_raw_rating'])
      expect(folder(name, { rating: 3.5, rating_count: 90_000 })).toMatch(/(?:^|\/)rating_3\.5(?:\/|$)/);
  });

  it('an unknown placeholder is refused, and no creator is no crash (B0-22)', () => {
    expect(() => templateOf('{type}/{model_nmae}')).toThrow('did you mean {model_name}?');
    expect(folder('by_creator', { username: null })).toBe('Unknown');
  });
});
