import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { readDuplicateList } from '../../src/formats/sidecars/collected-files.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { writeWorldLibrary } from '../world-library.ts';
import { unknownModel } from './testing/model-bytes.ts';

let standin: Standin;
let home: Home;
let models: string;
let output: string;
const run = (...args: string[]): Promise<CliResult> =>
  home.run([...args, '--api-url', standin.apiUrl, '--rate', '60000', '--json']);
const scan = (): Promise<CliResult> =>
  run('scan', models, '--profile', 'collected', '--output', output, '--images', 'none');

beforeAll(async () => {
  standin = await startStandin({ models: 12, images: 0, seed: 7 });
  home = makeHome();
  models = join(home.folder, 'models');
  output = join(home.folder, 'out');
});

afterAll(async () => {
  home.remove();
  await standin.close();
});

it('copies that clean took away do not come back with the next scan, and the lists say so', async () => {
  const [file] = writeWorldLibrary(standin.world, models, 1);
  const original = join(models, file?.path ?? '');
  mkdirSync(join(models, 'a much longer way to one and the same model'));
  copyFileSync(original, join(models, 'a much longer way to one and the same model', 'copy.safetensors'));
  writeFileSync(join(models, 'own.safetensors'), unknownModel());
  await scan();
  const duplicates = join(output, 'duplicate_models.txt');
  expect(readDuplicateList(readFileSync(duplicates, 'utf8'))).toMatchObject([
    {
      kept: original,
      removed: [join(models, 'a much longer way to one and the same model', 'copy.safetensors')],
    },
  ]);
  mkdirSync(join(output, 'mine'));
  writeFileSync(join(output, 'mine', 'notes.txt'), 'mine');

  const cleaned = await run('clean', '--duplicates', '--yes');
  expect(cleaned.code, cleaned.stderr).toBe(0);
  rmSync(join(models, 'own.safetensors'));
  const after = await scan();

  expect(after.json.counts).toMatchObject({ files: 1, identified: 1, missing: 0 });
  expect(existsSync(join(models, 'a much longer way to one and the same model', 'copy.safetensors'))).toBe(
    false,
  );
  expect(existsSync(duplicates)).toBe(false);
  expect(existsSync(join(output, 'missing_from_civitai.txt'))).toBe(false);
  const processed = JSON.parse(readFileSync(join(output, 'processed_files.json'), 'utf8')) as object;
  expect(processed).toMatchObject({ files: [original] });
  // The folder that nobody made for a model is left; the copy's is gone.
  expect(readFileSync(join(output, 'mine', 'notes.txt'), 'utf8')).toBe('mine');
  expect(readdirSync(output).filter((name) => name === 'copy')).toEqual([]);
  expect(existsSync(join(output, basename(original).replace(/\.\w+$/, '')))).toBe(true);
});
