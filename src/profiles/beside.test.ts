import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { beside, besideStems } from './beside.ts';
import { byteLength, foldName } from './file-name.ts';
import { placeKey, stemOf } from './profile.ts';
import type { ProfileFile } from './profile.ts';

function file(path: string): ProfileFile {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  return { folder: slash < 0 ? '' : path.slice(0, slash), name, stem: stemOf(name) };
}

function stems(...paths: string[]): Record<string, string> {
  return Object.fromEntries(besideStems(paths.map(file)));
}

describe('besideStems', () => {
  it('is the stem of each file, the same in different folders too', () => {
    expect(stems('a/my.v1.0.safetensors', 'b/my.v1.0.safetensors', 'top.ckpt')).toEqual({
      'a/my.v1.0.safetensors': 'my.v1.0',
      'b/my.v1.0.safetensors': 'my.v1.0',
      'top.ckpt': 'top',
    });
  });

  it('gives the later of two files with one stem its whole name, safetensors before others', () => {
    expect(stems('ink.ckpt', 'ink.safetensors', 'ink.pt')).toEqual({
      'ink.safetensors': 'ink',
      'ink.ckpt': 'ink.ckpt',
      'ink.pt': 'ink.pt',
    });
  });

  it('leaves the stem to the file that has it, whatever comes beside it', () => {
    const files = ['ink.ckpt', 'ink.safetensors', 'Ink.pt'].map(file);
    expect(Object.fromEntries(besideStems(files, new Set(['ink.ckpt'])))).toEqual({
      'ink.ckpt': 'ink',
      'ink.safetensors': 'ink.safetensors',
      'Ink.pt': 'Ink.pt',
    });
  });

  it('holds names for one that differ in letter case only', () => {
    expect(stems('Ink.ckpt', 'ink.safetensors')).toEqual({
      'ink.safetensors': 'ink',
      'Ink.ckpt': 'Ink.ckpt',
    });
    const both = stems('INK.safetensors', 'ink.safetensors', 'Ink.safetensors');
    expect(new Set(Object.values(both).map(foldName)).size).toBe(3);
  });

  it('leaves a stem to the file that has it, even when another file is called so', () => {
    const given = stems('x.ckpt', 'x.safetensors', 'x.ckpt.safetensors');

    expect(given['x.ckpt.safetensors']).toBe('x.ckpt');
    expect(given['x.ckpt']).toMatch(/^x\.ckpt~[0-9a-f]{8}$/);
  });

  it('does not depend on the order of the files', () => {
    const paths = ['a.ckpt', 'a.safetensors', 'A.pt', 'a.ckpt.safetensors', 'f/a.gguf'];

    expect(stems(...paths.toReversed())).toEqual(stems(...paths));
  });
});

describe('beside', () => {
  it('names the files of the contract', () => {
    const places = beside.places([file('loras/ink.safetensors')]).get('loras/ink.safetensors');

    expect(places?.info).toBe('loras/ink.civitai.info');
    expect(places?.page).toBe('loras/ink.html');
    expect(places?.preview(0, 'jpeg')).toBe('loras/ink.preview.jpeg');
    expect(places?.preview(1, 'mp4')).toBe('loras/ink.preview.2.mp4');
    expect(places?.previewInfo(0)).toBeUndefined();
    expect([places?.header, places?.hash, places?.model]).toEqual([undefined, undefined, undefined]);
  });

  it('gives every file names of at most 255 bytes that no other file of its folder has', () => {
    const stem = fc.constantFrom(
      'ink',
      'Ink',
      'INK.v1',
      'i\u0308nk',
      'x'.repeat(250),
      `${'é'.repeat(120)}a`,
      `${'é'.repeat(120)}b`,
      'ink.ckpt',
    );
    const path = fc.tuple(
      fc.constantFrom('', 'a/', 'a/b/'),
      stem,
      fc.constantFrom('.safetensors', '.ckpt', '.pt', ''),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(
          path.map((parts) => parts.join('')),
          { maxLength: 40 },
        ),
        (paths) => {
          const files = paths.map(file);
          const places = beside.places(files);
          const names = [...places.values()].flatMap((item) => [
            item.info,
            item.page,
            item.preview(0, 'webp'),
            item.preview(11, 'jpeg'),
          ]);
          expect([...places.keys()].sort()).toEqual(files.map(placeKey).sort());
          expect(new Set(names.map(foldName)).size).toBe(names.length);
          for (const name of names)
            expect(byteLength(name.slice(name.lastIndexOf('/') + 1))).toBeLessThanOrEqual(255);
        },
      ),
    );
  });

  it('takes 5,000 files of one stem', () => {
    const files = Array.from({ length: 5000 }, (_, index) => file(`ink.${index}`));

    expect(new Set(besideStems(files.map((item) => ({ ...item, stem: 'ink' }))).values()).size).toBe(5000);
  });
});
