import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { faultAt } from '../faults.ts';
import { treeOf } from '../tree.ts';
import { makeJobLibrary, USUAL_NAMES } from './testing/job-library.ts';
import type { JobLibrary } from './testing/job-library.ts';

const MODEL = /\.(?:safetensors|ckpt|pt|gguf|bin|zip)$/;

describe('how a job ends', { timeout: 120_000 }, () => {
  let standin: Standin;
  let library: JobLibrary;

  beforeAll(async () => {
    standin = await startStandin({ models: 40, seed: 11, speed: 0 });
  });
  beforeEach(() => {
    standin.faults.use('');
    standin.reset();
    library = makeJobLibrary(standin, 6);
  });
  afterEach(() => library.home.remove());
  afterAll(() => standin.close());

  it('is no success when nothing could be asked about any file (B0-20)', async () => {
    standin.faults.use('*:500=1');

    const result = await library.run(library.job(), { patience: 1 });

    expect(result.exitCode).toBe(4);
    expect(result.counts).toMatchObject({
      files: library.files.length,
      identified: 0,
      unchecked: library.files.length,
    });
    expect(result.failures).not.toEqual([]);
  });

  it('names the key of the configuration that leads to no list of LoRAs', async () => {
    const sync = {
      kind: 'sync-lora-triggers',
      name: 'sync-triggers',
      inputs: [library.input('.', { path: library.folder })],
      lorasFile: join(library.home.folder, 'loras.json'),
      overwrite: 'always',
    } as const;

    await expect(library.run(sync)).rejects.toMatchObject({
      code: 'krita-not-found',
      message: expect.stringContaining(sync.lorasFile) as string,
      next: expect.stringContaining('loras_file') as string,
    });
  });

  it('shows only the models of the run where include_existing_in_gallery is off', async () => {
    const [first, ...others] = library.files.map(({ path }) => path);
    const away = join(library.home.folder, 'away');
    renameSync(join(library.folder, first ?? ''), away);
    const job = library.job({ names: { ...USUAL_NAMES, gallery: { path: 'gallery.html', title: undefined, includeExisting: false } } }); // prettier-ignore
    const shown = (): string[] => {
      const cards = readFileSync(join(library.folder, 'gallery.files/cards.js'), 'utf8');
      return library.files.flatMap(({ path }) => (cards.includes(stemOf(path)) ? [path] : []));
    };

    await library.run(job);
    const atFirst = shown();
    mkdirSync(dirname(join(library.folder, first ?? '')), { recursive: true });
    renameSync(away, join(library.folder, first ?? ''));
    await library.run(job);

    expect(atFirst).toEqual(others);
    expect(shown()).toEqual([first]);
  });

  it.each([
    ['move.planned', 1],
    ['move.linked', 3],
    ['move.unlinked', 3],
    ['move.recorded', 1],
  ])(
    'killed at %s (%i) while it organises: the same job ends where an undisturbed one would',
    async (point, passage) => {
      const other = makeJobLibrary(standin, 6);
      try {
        for (const { home } of [library, other])
          writeFileSync(join(home.folder, 'civitarium.yaml'), configuration(standin.apiUrl));
        const args = ['-j', 'sort', '--json'];

        const undisturbed = await other.home.run(args);
        const before = hashesOf(library.folder);
        const killed = await library.home.run(args, { env: faultAt('kill', point, passage) });
        const between = new Set(hashesOf(library.folder));
        const again = await library.home.run(args);

        expect(undisturbed.code, undisturbed.stderr).toBe(0);
        expect(killed.signal).toBe('SIGKILL');
        expect(before.filter((hash) => !between.has(hash))).toEqual([]);
        expect(again.code, again.stderr).toBe(0);
        expect(written(library.folder)).toEqual(written(other.folder));
        expect(Object.keys(written(library.folder)).some((path) => path.includes('organized/'))).toBe(true);
      } finally {
        other.home.remove();
      }
    },
  );
});

function configuration(apiUrl: string): string {
  return `
api: { base_url: '${apiUrl}', key: your_api_key, batch: { rate_limit: 6000 } }
input_paths: { all: { path: models, type: LORA, patterns: ['*.safetensors', '*.ckpt', '*.pt', '*.gguf'] } }
jobs:
  sort:
    type: scan-paths
    paths: [all]
    recursive: true
    output: { images: { save: true, max_count: 1 } }
    organization: { enabled: true, template: by_type, output_dir: '{model_dir}/organized', operation_mode: move }
`;
}

function hashesOf(folder: string): string[] {
  return Object.entries(treeOf(folder)).flatMap(([path, hash]) => (MODEL.test(path) ? [hash] : [])).sort(); // prettier-ignore
}

/** Galleries tell when files were first seen, pages where they lie. */
function written(folder: string): Record<string, string> {
  const tree = Object.entries(treeOf(folder));
  return Object.fromEntries(
    tree.map(([path, hash]) => [path, /\.(?:html|js)$/.test(path) ? 'written' : hash]),
  );
}

function stemOf(path: string): string {
  return (path.split('/').at(-1) ?? '').replace(/\.\w+$/, '');
}
