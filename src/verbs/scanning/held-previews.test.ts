import { describe, expect, it } from 'vitest';
import type { StockFile } from '../../archive/take-stock.ts';
import type { OutputRow } from '../../catalog/output.ts';
import { heldPreviews, namesBeside } from './held-previews.ts';
import type { HeldPreviews } from './held-previews.ts';
import { namingsOf } from './naming.ts';
import type { Naming } from './naming.ts';

/** A library of models in the folder `lora` of the root `/m`. */
function library(...names: string[]): { files: StockFile[]; naming: Naming } {
  const files = names.map((name, index) => {
    const walked = {
      path: `lora/${name}`,
      folder: 'lora',
      name,
      stem: name.replace(/\.\w+$/, ''),
      ext: '.pt',
      size: 1,
      mtimeNs: '1',
      ctimeNs: '1',
      device: '1',
      inode: '1',
    };
    return { fileId: index + 1, rootId: 1, walked, blobId: 1 } as unknown as StockFile;
  });
  const root = {
    target: { root: '/m', only: undefined },
    walk: { files: files.map((file) => file.walked), links: [] },
  } as unknown as Parameters<typeof namingsOf>[0][number];
  const naming = namingsOf([root], () => files, { profile: 'beside', output: undefined }, '/', new Map()).get(
    root,
  );
  if (naming === undefined) throw new Error('No naming.');
  return { files, naming };
}

function preview(path: string, fileId: number, imageId: number, done = true): OutputRow {
  return {
    id: 1,
    path: `/m/lora/${path}`,
    root_id: 1,
    file_id: fileId,
    kind: 'preview',
    image_id: imageId,
    intent_sha256: null,
    done_sha256: done ? 'ab' : null,
    size: 1,
    mtime_ns: '1',
    at: 1,
  };
}

function held(
  models: readonly string[],
  onDisk: readonly string[],
  outputs: readonly OutputRow[],
): HeldPreviews {
  const { files, naming } = library(...models);
  const names = new Set([...models, ...onDisk]);
  const walk = { names: new Map([['lora', names]]) } as unknown as Parameters<typeof namesBeside>[0];
  const exists = (path: string): boolean => names.has(path.slice('/m/lora/'.length));
  return heldPreviews(files, outputs, exists, namesBeside(walk, '/m', naming), naming);
}

describe('heldPreviews', () => {
  it('finds what was brought, slot by slot, and a copy of each image', () => {
    const found = held(
      ['ink.pt'],
      ['ink.preview.png', 'ink.preview.2.jpeg'],
      [preview('ink.preview.png', 1, 70), preview('ink.preview.2.jpeg', 1, 71)],
    );

    expect(found.slots.get(1)).toEqual(
      new Map([
        [1, 70],
        [2, 71],
      ]),
    );
    expect(found.copies).toEqual(
      new Map([
        [70, '/m/lora/ink.preview.png'],
        [71, '/m/lora/ink.preview.2.jpeg'],
      ]),
    );
  });

  it("leaves its slot to a picture of the user's", () => {
    const found = held(['ink.pt'], ['ink.preview.webp'], []);

    expect(found.slots.get(1)).toEqual(new Map([[1, undefined]]));
    expect(found.copies.size).toBe(0);
  });

  it('counts nothing that is gone or was never finished', () => {
    const found = held(
      ['ink.pt'],
      ['ink.preview.2.png'],
      [preview('ink.preview.png', 1, 70), preview('ink.preview.2.png', 1, 71, false)],
    );

    expect(found.slots.get(1)).toEqual(new Map([[2, undefined]]));
    expect(found.copies.size).toBe(0);
  });

  it('keeps the pictures of files with like names apart', () => {
    const found = held(
      ['ink.pt', 'ink.preview.pt', 'ink2.pt'],
      ['ink.preview.png', 'ink2.preview.3.png', 'ink.preview.preview.png'],
      [],
    );

    expect([1, 2, 3].map((id) => [...(found.slots.get(id)?.keys() ?? [])])).toEqual([[1], [1], [3]]);
  });

  it('does not bring an image to a place that one of ours holds, though under the name of another file', () => {
    const found = held(
      ['ink.safetensors', 'ink.ckpt'],
      ['ink.preview.png'],
      [preview('ink.preview.png', 2, 70)],
    );

    expect(found.slots.get(1)).toEqual(new Map([[1, 70]]));
  });
});
