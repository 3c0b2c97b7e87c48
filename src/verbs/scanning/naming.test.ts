import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StockFile, WalkedRoot } from '../../archive/take-stock.ts';
import type { FileId, RootId } from '../../base/ids.ts';
import { namingsOf } from './naming.ts';
import type { Naming } from './naming.ts';

/** A library file at a relative path. */
function file(path: string, fileId = 1, rawPath?: Buffer): StockFile {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const ext = name.slice(name.lastIndexOf('.'));
  const walked = {
    path,
    folder,
    name,
    stem: name.slice(0, -ext.length),
    ext,
    size: 1,
    mtimeNs: '1',
    ctimeNs: '1',
    device: '1',
    inode: '1',
    ...(rawPath === undefined ? {} : { rawPath }),
  };
  return { fileId: fileId as FileId, rootId: 1 as RootId, walked, blobId: 1 };
}

function root(path: string, files: readonly StockFile[]): WalkedRoot {
  const walk = {
    files: files.map((one) => one.walked),
    names: new Map(),
    digest: '',
    problems: [],
    links: [],
    device: '1',
    devices: new Set<string>(),
  };
  return {
    target: { root: path, only: undefined },
    root: { id: 1 },
    walk,
    renumbered: undefined,
  } as unknown as WalkedRoot;
}

function naming(
  files: readonly StockFile[],
  profile: 'beside' | 'collected' = 'beside',
  held = new Map<number, string>(),
): Naming {
  const walked = root('/m', files);
  const found = namingsOf(
    [walked],
    () => files,
    { profile, output: profile === 'collected' ? 'out' : undefined },
    '/srv',
    held,
  ).get(walked);
  if (found === undefined) throw new Error('No naming.');
  return found;
}

describe('beside the models', () => {
  const [ink, other] = [file('lora/ink.safetensors', 1), file('lora/ink.ckpt', 2)];

  it('gives page, sidecar and previews the stem of the model', () => {
    const names = naming([ink]);

    expect(names.page(ink)).toEqual({ path: '/m/lora/ink.html', otherwise: '/m/lora/ink.civitarium.html' });
    expect(names.info(ink)).toEqual({ path: '/m/lora/ink.civitai.info', otherwise: undefined });
    expect([1, 2].map((slot) => names.preview(ink, slot))).toEqual([
      { folder: '/m/lora', name: 'ink.preview' },
      { folder: '/m/lora', name: 'ink.preview.2' },
    ]);
  });

  it('gives a file the same names whether or not a run asks about its neighbour', () => {
    const walked = root('/m', [ink, other]);
    const alone = namingsOf(
      [walked],
      () => [other],
      { profile: 'beside', output: undefined },
      '/srv',
      new Map(),
    ).get(walked);

    expect(alone?.page(other).path).toBe('/m/lora/ink.ckpt.html');
    expect(naming([ink, other]).page(other).path).toBe('/m/lora/ink.ckpt.html');
  });

  it('puts the notes of a file in a folder that has no readable name into the root', () => {
    const odd = file('\uFFFD/ink.pt', 1, Buffer.from([0xff, 0x2f, 0x69]));

    expect(naming([odd]).page(odd).path).toBe('/m/ink.html');
  });

  it.each([
    ['ink.preview.png', 1],
    ['ink.preview.JPEG', 1],
    ['ink.preview.2.webp', 2],
    ['ink.preview.37.mp4', 37],
    ['ink.preview.1.png', undefined],
    ['ink.preview.0.png', undefined],
    ['ink.preview.02.png', undefined],
    ['ink.preview.99999999999999.png', undefined],
    ['ink.preview.txt', undefined],
    ['ink.preview.2.html', undefined],
    ['ink_preview_1.png', undefined],
    ['ink.png', undefined],
    ['inkling.preview.png', undefined],
  ])('takes %j for slot %s', (name, slot) => {
    expect(naming([ink]).slotOf(ink, name)).toBe(slot);
  });
});

describe('collected in a folder', () => {
  it('gives each model a folder of its own', () => {
    const ink = file('lora/ink.safetensors');
    const names = naming([ink], 'collected');

    expect(names.page(ink).path).toBe('/srv/out/ink/ink.html');
    expect(names.preview(ink, 1)).toEqual({ folder: '/srv/out/ink', name: 'ink_preview_0' });
    expect(
      ['ink_preview_0.png', 'ink_preview_1.png', 'ink_preview_.png', 'ink.preview.png'].map((name) =>
        names.slotOf(ink, name),
      ),
    ).toEqual([1, 2, undefined, undefined]);
  });

  it('keeps the folder that a file was given, also those of files that are not in this run', () => {
    const [mine, fresh] = [file('a/ink.pt', 1), file('b/ink.pt', 2)];

    const names = naming(
      [mine, fresh],
      'collected',
      new Map([
        [1, 'ink-old'],
        [99, 'ink'],
      ]),
    );

    expect(names.page(mine).path).toBe('/srv/out/ink-old/ink-old.html');
    expect(names.page(fresh).path).not.toBe('/srv/out/ink/ink.html');
  });
});

describe('every profile', () => {
  it('reads back each slot it names, for any file name, and no two files share a page', () => {
    const word = fc.string({
      unit: fc.constantFrom('a', 'B', '.', '_', 'preview', '2', ' ', 'ä'),
      minLength: 1,
      maxLength: 8,
    });
    const names = fc.uniqueArray(word, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        names,
        fc.integer({ min: 1, max: 500 }),
        fc.constantFrom('beside', 'collected'),
        (stems, slot, profile) => {
          const files = stems.map((stem, index) => file(`x${stem}.pt`, index + 1));
          const found = naming(files, profile);
          for (const one of files)
            expect(found.slotOf(one, `${found.preview(one, slot).name}.png`)).toBe(slot);
          expect(new Set(files.map((one) => found.page(one).path)).size).toBe(files.length);
        },
      ),
    );
  });
});
