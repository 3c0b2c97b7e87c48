import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { collected, collectedBases } from './collected.ts';
import { byteLength, foldName } from './file-name.ts';
import { stemOf } from './profile.ts';
import type { ProfileFile } from './profile.ts';

/** Any UTF-16 unit, lone halves of pairs too. */
const anyLetter = fc.nat(0xffff).map((code) => String.fromCharCode(code));

function file(path: string): ProfileFile {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  return { folder: slash < 0 ? '' : path.slice(0, slash), name, stem: stemOf(name) };
}

function bases(paths: readonly string[], held?: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(collectedBases(paths.map(file), held));
}

describe('collected', () => {
  it('names the files of the documented layout', () => {
    const places = collected.places([file('loras/my ink.v1.safetensors')]).get('loras/my ink.v1.safetensors');

    expect(places).toMatchObject({
      info: 'my ink.v1/my ink.v1_civitai_model_version.json',
      model: 'my ink.v1/my ink.v1_civitai_model.json',
      header: 'my ink.v1/my ink.v1_metadata.json',
      hash: 'my ink.v1/my ink.v1_hash.json',
      page: 'my ink.v1/my ink.v1.html',
    });
    expect(places?.preview(0, 'jpeg')).toBe('my ink.v1/my ink.v1_preview_0.jpeg');
    expect(places?.previewInfo(12)).toBe('my ink.v1/my ink.v1_preview_12.json');
  });

  it('never lets two models share a folder, whatever the case of their names', () => {
    const given = bases(['a/ink.safetensors', 'b/Ink.safetensors', 'b/ink.ckpt']);

    expect(given['a/ink.safetensors']).toBe('ink');
    expect(given['b/Ink.safetensors']).toMatch(/^Ink-[0-9a-f]{8}$/);
    expect(new Set(Object.values(given).map(foldName)).size).toBe(3);
  });

  it('keeps what was given before, also when a file that sorts before comes, and for a file that is away', () => {
    const held = new Map([['b/ink.safetensors', 'ink']]);
    const later = bases(['a/ink.safetensors', 'b/ink.safetensors'], held);

    expect(later['b/ink.safetensors']).toBe('ink');
    expect(later['a/ink.safetensors']).toMatch(/^ink-/);
    expect(bases(['a/ink.safetensors'], held)['a/ink.safetensors']).toBe(later['a/ink.safetensors']);
  });

  it('gives five thousand files of one stem a folder each, and the same ones when half of them come later', () => {
    const paths = Array.from({ length: 5000 }, (_, at) => `f${at}/ink [v1.0] "x" #.safetensors`);
    const early = bases(paths.slice(0, 2500));
    const all = bases(paths, new Map(Object.entries(early)));

    expect(new Set(Object.values(all).map(foldName)).size).toBe(5000);
    expect(all).toMatchObject(early);
    // A number is tried only where two hashes agree: no name is searched for among those before it.
    expect(Object.values(all).filter((base) => /-[0-9a-f]{8}-\d+$/.test(base)).length).toBeLessThan(5);
  });

  it('leaves the names of the top files free', () => {
    expect(bases(['index.html.safetensors'])['index.html.safetensors']).toMatch(/^index\.html-/);
  });

  it('gives safe names of at most 255 bytes, all different, for any stems', () => {
    const stem = fc.oneof(
      fc.constantFrom('ink', 'INK', '..', 'CON', 'a:b', 'a_b', 'é'.repeat(200)),
      fc.string({ unit: anyLetter }),
    );
    const one = fc.record({ folder: fc.constantFrom('', 'a', 'b'), name: fc.uuid(), stem });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), (files) => {
        const places = [...collected.places(files).values()];
        expect(new Set(places.map((item) => foldName(item.stem))).size).toBe(files.length);
        for (const item of places) {
          expect(item.info.split('/')).toHaveLength(2);
          expect(byteLength(item.info.split('/')[1] ?? '')).toBeLessThanOrEqual(255);
        }
      }),
    );
  });
});
