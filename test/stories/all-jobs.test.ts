import { copyFileSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { writeWorldLibrary } from '../world-library.ts';
import type { LibraryFile } from '../world-library.ts';
import { deadLinks, leftBehind, shownIn } from './testing/written-pages.ts';

/** Jobs over the same files with no gallery, one of their own, and another; one of them sorts as well. */
function config(apiUrl: string): string {
  const gallery = (path: string): string =>
    `output: { metadata: { html: { generate_gallery: true, gallery_path: ${path} } }, images: { max_count: 1 } }`;
  return `
api: { base_url: "${apiUrl}", batch: { rate_limit: 60000 } }
input_paths:
  lora: { path: models/LORA, type: LORA }
  checkpoints: { path: models/Checkpoint, type: Checkpoint }
jobs:
  bare: { type: scan-paths, paths: [lora], output: { images: { save: false } } }
  one: { type: scan-paths, paths: [lora], ${gallery('one.html')} }
  sorted:
    type: scan-paths
    paths: [checkpoints]
    ${gallery('three.html')}
    organization: { enabled: true, operation_mode: symlink }
  two: { type: scan-paths, paths: [lora, checkpoints], ${gallery('all/two.html')} }
`;
}

describe('jobs over the same files', () => {
  let home: Home;
  let standin: Standin;
  let files: readonly LibraryFile[];
  let lora: string;

  beforeAll(async () => {
    standin = await startStandin({ models: 60, seed: 17, speed: 0 });
    home = makeHome();
    files = writeWorldLibrary(standin.world, join(home.folder, 'models'), 40);
    lora = join(home.folder, 'models', 'LORA');
    writeFileSync(join(home.folder, 'civitscraper.yaml'), config(standin.apiUrl));
  });
  afterAll(async () => {
    await standin.close();
    home.remove();
  });

  const run = async (...args: readonly string[]): Promise<CliResult> => {
    const result = await home.run([...args, '--json']);
    expect(result.json.failures).toEqual([]);
    expect(deadLinks(home.folder)).toEqual([]);
    expect(leftBehind(home.folder)).toEqual([]);
    return result;
  };
  /** When each file was written last. */
  const written = (): Record<string, string> =>
    Object.fromEntries(
      ['models', 'all'].flatMap((name) =>
        Object.keys(treeOf(join(home.folder, name))).map((path) => {
          const { mtimeNs, ino } = lstatSync(join(home.folder, name, path), { bigint: true });
          return [`${name}/${path}`, `${mtimeNs} ${ino}`];
        }),
      ),
    );
  const versionsIn = (...types: readonly string[]): number[] =>
    files
      .filter(({ path }) => path.endsWith('.safetensors') && types.includes(path.split('/')[0] ?? ''))
      .map((file) => file.versionId)
      .sort((a, b) => a - b);
  /** Names of the galleries that the pages of LoRAs lead to. */
  const leads = (): string[] => {
    const pages = versionPages().map((path) => readFileSync(path, 'utf8'));
    return [...new Set(pages.flatMap((page) => /href="[^"]*?(\w+\.html)#/.exec(page)?.[1] ?? []))];
  };
  const versionPages = (): string[] =>
    files
      .filter(({ path }) => path.startsWith('LORA/') && path.endsWith('.safetensors'))
      .map(({ path }) => join(home.folder, 'models', path.replace(/safetensors$/, 'html')));

  it('write nothing when they run a second time', async () => {
    await run('--all-jobs');
    const before = written();
    const again = await run('--all-jobs');
    const after = written();

    expect(Object.keys(after).filter((path) => after[path] !== before[path])).toEqual([]);
    expect(Object.keys(before).filter((path) => !(path in after))).toEqual([]);
    expect(again.json.requests.total).toBe(0);
    for (const [page, types] of [
      ['models/LORA/one.html', ['LORA']],
      ['all/two.html', ['LORA', 'Checkpoint']],
      ['models/Checkpoint/three.html', ['Checkpoint']],
    ] as const)
      expect(shownIn(join(home.folder, page)).map(({ version }) => version)).toEqual(versionsIn(...types));
  });

  it('lead back to the gallery of the first of them that has one, also after other commands', async () => {
    const before = written();

    const pages = await run('pages', lora);

    expect(pages.code).toBe(0);
    expect(leads()).toEqual(['one.html']);
    expect(written()).toEqual(before);
  });

  it('lead to the next gallery while the first is away, and to the first when it is back', async () => {
    rmSync(join(lora, 'one.html'));
    rmSync(join(lora, 'one.files'), { recursive: true });

    await run('-j', 'two');
    const away = leads();
    await run('--all-jobs');
    const back = leads();

    expect([away, back]).toEqual([['two.html'], ['one.html']]);
  });

  it('lead nowhere that is not there yet when a model came since', async () => {
    const held = join(lora, '..', 'TextualInversion');
    const [name = ''] = readdirSync(held).filter((one) => one.endsWith('.safetensors'));
    copyFileSync(join(held, name), join(lora, name));

    await run('-j', 'two');
    await run('--all-jobs');
    const before = written();
    await run('--all-jobs');

    expect(written()).toEqual(before);
    expect(shownIn(join(lora, 'one.html'))).toHaveLength(versionsIn('LORA').length + 1);
  });
});
