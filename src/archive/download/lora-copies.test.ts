import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeCatalogs } from '../../../test/catalogs.ts';
import { modelFacts } from '../../catalog/facts-samples.ts';
import { saveModels } from '../../catalog/model.ts';
import { wantsOfLoraCopies } from './lora-copies.ts';

describeCatalogs('wantsOfLoraCopies', (open) => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'civitarium-copies-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  /** A safetensors file of which the training says its name. */
  function place(name: string, alias: string | undefined): string {
    const header = JSON.stringify({
      __metadata__: { format: 'pt', ...(alias === undefined ? {} : { ss_output_name: alias }) },
    });
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const path = join(folder, 'Users', 'ann', name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, Buffer.concat([length, Buffer.from(header)]));
    return path;
  }

  function fileAt(path: string, modelId: number) {
    const more = { subject: '9', source: 'https://civitai.com/api/download/models/7', versionId: 7 };
    return { path, output: folder, modelId, sha256: 'a'.repeat(64), ...more };
  }

  it('names the copy after its training, safely, and the folder as in the output', async () => {
    const catalog = await open();
    await saveModels(
      catalog,
      [modelFacts({ id: 1, type: 'LORA' }), modelFacts({ id: 2, type: 'Checkpoint' })],
      0,
    );
    const webui = join(folder, 'webui');
    const files = [
      fileAt(place('a.safetensors', 'my__first__lora'), 1),
      fileAt(place('b.safetensors', '../../CON'), 1),
      fileAt(place('c.safetensors', ' '), 1),
      fileAt(place('d.safetensors', undefined), 1),
      fileAt(place('e.safetensors', 'checkpoint'), 2),
      fileAt(join(folder, 'gone.safetensors'), 1),
    ];

    const wants = await wantsOfLoraCopies(files, webui, catalog);

    expect(wants.map(({ name }) => name)).toEqual([
      'my_first_lora.safetensors',
      '_CON.safetensors',
      'c.safetensors',
      'd.safetensors',
    ]);
    for (const want of wants)
      expect(want).toMatchObject({ kind: 'copy', output: webui, folder: join(webui, 'Users', 'ann') });
  });

  it('leaves what lies in that folder already', async () => {
    const catalog = await open();
    await saveModels(catalog, [modelFacts({ id: 1, type: 'LoCon' })], 0);

    expect(await wantsOfLoraCopies([fileAt(place('a.safetensors', 'x'), 1)], folder, catalog)).toEqual([]);
  });
});
