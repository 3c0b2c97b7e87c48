import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { UserError } from '../base/errors.ts';
import {
  configuredFolders,
  configuredPlaces,
  configuredPreview,
  configuredSlot,
  parseNames,
} from './configured.ts';
import type { ConfiguredFile, ConfiguredPlaces } from './configured.ts';
import type { ConfiguredNames } from './configured-names.ts';
import { byteLength, foldName } from './file-name.ts';
import { stemOf } from './profile.ts';

/** The names of CivitScraper's own example. */
const USUAL: ConfiguredNames = {
  info: { path: '{model_dir}', filename: '{model_name}.json' },
  page: { path: '{model_dir}', filename: '{model_name}.html' },
  preview: { path: '{model_dir}', filename: '{model_name}.preview{ext}' },
  gallery: undefined,
};

function file(path: string, type = 'LORA'): ConfiguredFile {
  return { folder: dirname(path), name: basename(path), stem: stemOf(basename(path)), type };
}

function placeOf(path: string, names: Partial<ConfiguredNames> = {}, type = 'LORA'): ConfiguredPlaces {
  const places = configuredPlaces(parseNames({ ...USUAL, ...names }), [file(path, type)]).get(path);
  if (places === undefined) throw new Error(`No places for ${path}`);
  return places;
}

describe('configuredPlaces', () => {
  it('names what the example of CivitScraper names', () => {
    expect(placeOf('/m/lora/my.v1.0.safetensors')).toEqual({
      stem: 'my.v1.0',
      info: '/m/lora/my.v1.0.json',
      infoOtherwise: '/m/lora/my.v1.0.civitai.json',
      page: '/m/lora/my.v1.0.html',
      preview: { folder: '/m/lora', base: 'my.v1.0.preview' },
    });
  });

  it.each([
    ['{model_dir}/meta', 'x.json', '/m/lora/meta/x.json'],
    ['{model_dir}/{model_type}', '{model_name}.json', '/m/lora/LORA/alpha.json'],
    ['meta', '{model_name}.json', '/m/lora/meta/alpha.json'],
    ['.', '{model_name}.json', '/m/lora/alpha.json'],
    ['', '{model_name}.json', '/m/lora/alpha.json'],
    ['/out', '{model_type}_{model_name}.json', '/out/LORA_alpha.json'],
    ['/', '{model_name}.json', '/alpha.json'],
    ['{model_dir}/../notes', '{model_name}.json', '/m/notes/alpha.json'],
    ['{model_dir}/', 'sub/{model_name}', '/m/lora/sub/alpha'],
  ])('puts %s %s at %s', (path, filename, expected) => {
    expect(placeOf('/m/lora/alpha.safetensors', { info: { path, filename } }).info).toBe(expected);
  });

  it('numbers previews in front of the true extension, whatever the template calls it', () => {
    for (const filename of [
      '{model_name}.preview{ext}',
      '{model_name}.{image_type}{ext}',
      '{model_name}.preview.png',
    ])
      expect(placeOf('/m/alpha.ckpt', { preview: { path: '{model_dir}', filename } }).preview.base).toBe(
        'alpha.preview',
      );
    expect(configuredPreview('alpha.preview', 1)).toBe('alpha.preview1');
    expect(configuredSlot('alpha.preview', 'alpha.preview12')).toBe(12);
    expect(configuredSlot('alpha.preview', 'alpha.preview01')).toBeUndefined();
    expect(configuredSlot('alpha.preview', 'alpha.preview')).toBeUndefined();
    expect(configuredSlot('alpha.preview', 'alpha.preview.mine')).toBeUndefined();
  });

  it('never takes a value for a placeholder', () => {
    const places = placeOf('/m/{model_type}{ext}.safetensors', {}, '{model_name}');
    expect(places.info).toBe('/m/{model_type}{ext}.json');
    expect(
      placeOf('/m/a.pt', { info: { path: '/out/{model_type}', filename: 'x' } }, '../{model_name}').info,
    ).toBe('/out/_{model_name}/x');
  });

  it('leaves no folder by a name made of dots', () => {
    const info = { path: '{model_dir}/{model_name}', filename: '{model_name}' };
    expect(placeOf('/m/lora/...safetensors', { info }).info).toBe('/m/lora/_/_');
  });

  it('gives the later of two files with one stem its whole name, safetensors before others', () => {
    const found = configuredPlaces(parseNames(USUAL), [file('/m/ink.ckpt'), file('/m/ink.safetensors')]);

    expect(found.get('/m/ink.safetensors')?.info).toBe('/m/ink.json');
    expect(found.get('/m/ink.ckpt')?.info).toBe('/m/ink.ckpt.json');
  });

  it('keeps files of several folders apart in one folder, and leaves each what it had', () => {
    const templates = parseNames({ ...USUAL, info: { path: '/out', filename: '{model_name}.json' } });
    const [a, b] = [file('/a/ink.safetensors'), file('/b/ink.safetensors')];

    const both = configuredPlaces(templates, [a, b]);
    expect(both.get('/a/ink.safetensors')?.info).toBe('/out/ink.json');
    expect(both.get('/b/ink.safetensors')?.info).toBe('/out/ink.safetensors.json');
    const held = configuredPlaces(templates, [a, b], new Map([['/out/ink.json', '/b/ink.safetensors']]));
    expect(held.get('/b/ink.safetensors')?.info).toBe('/out/ink.json');
    expect(held.get('/a/ink.safetensors')?.info).toBe('/out/ink.safetensors.json');
  });

  it('keeps files apart where the template does not', () => {
    const templates = parseNames({ ...USUAL, info: { path: '/out', filename: 'info.json' } });
    const files = ['/a/x.pt', '/a/y.pt', '/b/x.pt'].map((path) => file(path));

    const infos = [...configuredPlaces(templates, files).values()].map((places) => places.info);
    expect(new Set(infos).size).toBe(3);
    expect(infos.every((path) => /^\/out\/info(?:~[0-9a-f]{8})?\.json$/.test(path))).toBe(true);
  });

  it('shares no name among any files, cuts what is too long, and stays below the plain folders', () => {
    const stem = fc.constantFrom(
      'ink',
      'Ink',
      'ink1',
      'ink.',
      '..',
      '{ext}',
      'x'.repeat(240),
      `${'é'.repeat(120)}b`,
      'ink.ckpt',
    );
    const path = fc
      .tuple(fc.constantFrom('/m', '/m/a', '/n'), stem, fc.constantFrom('.safetensors', '.ckpt', '.pt'))
      .map(([folder, name, ext]) => `${folder}/${name}${ext}`);
    const place = (filenames: readonly string[]) =>
      fc.record({
        path: fc.constantFrom(
          '{model_dir}',
          '/out',
          '{model_dir}/../up',
          '/out/{model_type}',
          'in/{model_name}',
        ),
        filename: fc.constantFrom(...filenames),
      });
    const names = fc.record({
      info: place(['{model_name}.json', 'info.json', '{model_type}-{model_name}']),
      page: place(['{model_name}.html', 'index.html']),
      preview: place([
        '{model_name}.preview{ext}',
        '{model_name}{ext}',
        'p{ext}',
        '{image_type}_{model_name}.{ext}',
      ]),
      gallery: fc.constant(undefined),
    });
    fc.assert(
      fc.property(names, fc.uniqueArray(path, { maxLength: 30 }), (wanted, paths) => {
        const templates = parseNames(wanted);
        const places = [
          ...configuredPlaces(
            templates,
            paths.map((one) => file(one)),
          ).values(),
        ];
        const all = places.flatMap(({ info, infoOtherwise, page, preview }) => [
          ...new Set([info, infoOtherwise]),
          ...(page === undefined ? [] : [page]),
          ...[1, 2, 11].map((slot) => join(preview.folder, `${configuredPreview(preview.base, slot)}.jpeg`)),
        ]);
        const below = configuredFolders(
          templates,
          paths.map((one) => dirname(one)),
        );
        expect(places).toHaveLength(paths.length);
        expect(new Set(all.map(foldName)).size).toBe(all.length);
        for (const one of all) {
          expect(byteLength(basename(one))).toBeLessThanOrEqual(255);
          expect([...below].some((folder) => one.startsWith(folder === '/' ? '/' : `${folder}/`))).toBe(true);
        }
        for (const { preview } of places)
          for (const slot of [1, 9, 10, 123])
            expect(configuredSlot(preview.base, configuredPreview(preview.base, slot))).toBe(slot);
      }),
    );
  });
});

describe('parseNames', () => {
  it.each([
    ['{model_dir}', '{nothing}.json'],
    ['{model_dir}', '{ext}.json'],
    ['{model_dir}', '{model_name'],
    ['{model_dir}', ''],
    ['{model_dir}', '..'],
    ['/out/{model_dir}', 'x.json'],
    ['{model_dir}_notes', 'x.json'],
    ['/out/{model_type}/..', 'x.json'],
    ['{model_dir}', '{model_dir}/x.json'],
  ])('refuses %s %s with a sentence', (path, filename) => {
    expect(() => parseNames({ ...USUAL, info: { path, filename } })).toThrow(UserError);
  });
});
