import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import type { WorldFile, WorldModel } from '../../standin/world/types.ts';
import { makeHome } from '../cli.ts';
import type { CliOptions, CliResult, Home } from '../cli.ts';

let standin: Standin;
let home: Home;

beforeAll(async () => {
  standin = await startStandin({ models: 40, seed: 11 });
});

beforeEach(() => {
  home = makeHome();
  standin.reset();
});

afterAll(async () => {
  await standin.close();
});

async function get(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return await home.run(['get', ...args, '--api-url', standin.apiUrl, '--rate', '60000', '--json'], options);
}

/** A model of the world without anything odd, with its newest version's primary file. */
function plainModel(nth = 0): { model: WorldModel; file: WorldFile } {
  const model = standin.world.model(standin.world.modelIds()[nth] ?? 0);
  const file = model?.versions[0]?.files.find((one) => one.primary);
  if (model === undefined || file === undefined) throw new Error('The model has no file.');
  return { model, file };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('get brings a model home', () => {
  it('fetches the primary file of the newest version, proves it, and describes it like a scanned one', async () => {
    const { model, file } = plainModel();

    const result = await get([`${standin.origin}/models/${model.id}`, '--output', 'out']);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({
      wanted: 1,
      fetched: 1,
      held: 0,
      refused: 0,
      failed: 0,
      models: 1,
      versions: 1,
      images: 1,
    });
    const path = join(home.folder, 'out', file.name);
    expect(sha256(readFileSync(path))).toBe(sha256(standin.world.bytesOf(file)));
    expect(result.json.counts['bytes']).toBe(standin.world.bytesOf(file).length);
    const stem = path.replace(/\.\w+$/, '');
    expect(existsSync(`${stem}.html`)).toBe(true);
    const info = JSON.parse(readFileSync(`${stem}.civitai.info`, 'utf8')) as { id: number; model: unknown };
    expect(info).toMatchObject({ id: file.versionId, model: { name: model.name } });
    expect(existsSync(join(home.folder, 'out', 'gallery.html'))).toBe(true);
    home.remove();
  });
});
