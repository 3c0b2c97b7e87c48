import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldName } from '../../profiles/file-name.ts';
import { templateValues } from './facts.ts';
import { isModelName } from './plan-disk.ts';
import { planOrganise } from './plan.ts';
import type { OnCollision, OrganiseMode, PlanDisk, PlanFile } from './plan.ts';
import { templateOf } from './templates.ts';

const OUTPUT = '/m/out';

interface Sample {
  readonly folder: string;
  readonly name: string;
  readonly bytes: string;
  readonly type: string | undefined;
  readonly notes: readonly string[];
}

function planFile({ folder, name, bytes, type, notes }: Sample): PlanFile {
  const facts = { model_id: 1, model_name: null, version_id: 1, version_name: '', username: null, base_model: null, nsfw: null, created_at: null, published_at: null, rating: null, rating_count: null, download_count: null, thumbs_up: null, model_download_count: null, model_thumbs_up: null }; // prettier-ignore
  const stem = name.replace(/\.\w+$/, '');
  return {
    fileId: 1,
    rootId: 1,
    path: `${folder}/${name}`,
    folder,
    name,
    rawName: undefined,
    size: bytes.length,
    mtimeNs: '0',
    inode: '1',
    sha256: bytes,
    output: OUTPUT,
    isResult: folder.startsWith(OUTPUT),
    values: type === undefined ? undefined : templateValues({ ...facts, type }),
    stays: type === undefined ? 'Nobody knows it.' : undefined,
    companions: notes.map((ending) => ({ name: stem + ending, prefix: stem, whole: false, ours: ending === '.html', remade: ending === '.html' })), // prettier-ignore
  };
}

/** A disk that holds these files and others, by path. */
function diskOf(contents: ReadonlyMap<string, string>): PlanDisk {
  return {
    isModel: isModelName,
    names: (folder) =>
      [...contents.keys()].flatMap((path) =>
        path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1).split('/')[0] ?? ''] : [],
      ),
    holds: async (path, file) => contents.get(path) === (file.sha256 ?? contents.get(file.path)),
  };
}

function foldedName(path: string): string {
  const cut = path.lastIndexOf('/');
  return path.slice(0, cut) + foldName(path.slice(cut));
}

const sample: fc.Arbitrary<Sample> = fc.record({
  folder: fc.constantFrom('/m', '/m/a', '/m/b', '/m/b/c', `${OUTPUT}/LORA`),
  name: fc.constantFrom('x.pt', 'X.pt', 'x.safetensors', 'y.pt', 'x (2).pt', 'ä.pt', 'a\u0308.pt'),
  bytes: fc.constantFrom('one', 'two', 'three', 'four'),
  type: fc.constantFrom('LORA', 'lora', 'VAE', undefined),
  notes: fc.subarray(['.json', '.preview.png', '.html', '.txt']),
});

describe('planOrganise', () => {
  it('gives no two files one name, replaces nothing, stays in the output, and leaves no file out', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(sample, {
          selector: (one) => foldName(`${one.folder}/${one.name.replace(/\.\w+$/, '')}`),
          maxLength: 12,
        }),
        fc.array(fc.tuple(fc.constantFrom('LORA', 'VAE'), fc.constantFrom('x.pt', 'Y.PT', 'x.json', 'x (2).pt')), { maxLength: 4 }), // prettier-ignore
        fc.constantFrom<OrganiseMode>('move', 'copy', 'symlink'),
        fc.constantFrom<OnCollision>('skip', 'rename', 'fail'),
        async (samples, standing, mode, onCollision) => {
          const contents = new Map(
            standing.map(([folder, name]) => [`${OUTPUT}/${folder}/${name}`, 'another']),
          );
          for (const one of samples) {
            contents.set(`${one.folder}/${one.name}`, one.bytes);
            for (const { name } of planFile(one).companions) contents.set(`${one.folder}/${name}`, `${name} of ${one.name}`); // prettier-ignore
          }
          const files = samples.map(planFile);
          // Whether folders that differ in letter case are one is the disk's to say.
          const before = new Set([...contents.keys()].map(foldedName));

          const plan = await planOrganise(files, { template: templateOf('by_type'), mode, onCollision }, diskOf(contents)); // prettier-ignore

          const moves = plan.groups.flatMap(({ file, target, companions }) => [{ from: file.path, to: target }, ...companions]); // prettier-ignore
          const targets = moves.map(({ to }) => foldName(to));
          expect(new Set(targets).size).toBe(targets.length);
          expect(moves.filter(({ to }) => before.has(foldedName(to)))).toEqual([]);
          expect(moves.every(({ from, to }) => to.startsWith(`${OUTPUT}/`) && from !== to)).toBe(true);
          expect(new Set(moves.map(({ from }) => from)).size).toBe(moves.length);
          const told = [...plan.groups, ...plan.staying].map(({ file }) => file.path).sort();
          expect(told).toEqual(files.map(({ path }) => path).sort());
          if (onCollision !== 'fail')
            expect(plan.staying.filter(({ status }) => status === 'failed')).toEqual([]);
        },
      ),
    );
  });

  it('is the same whatever order the files are told in', async () => {
    const samples = ['/m/b', '/m/a', '/m'].map((folder) => ({ folder, name: 'x.pt', bytes: folder, type: 'LORA', notes: ['.json'] })); // prettier-ignore
    const options = { template: templateOf('by_type'), mode: 'move', onCollision: 'rename' } as const;
    const plans = await Promise.all(
      [samples, samples.toReversed()].map((some) => planOrganise(some.map(planFile), options, diskOf(new Map()))), // prettier-ignore
    );

    expect(plans[0]).toEqual(plans[1]);
    expect(plans[0]?.groups.map(({ file, target }) => [file.path, target])).toEqual([
      ['/m/a/x.pt', '/m/out/LORA/x.pt'],
      ['/m/b/x.pt', '/m/out/LORA/x (2).pt'],
      ['/m/x.pt', '/m/out/LORA/x (3).pt'],
    ]);
    expect(plans[0]?.groups.map(({ companions }) => companions[0]?.to)).toEqual([
      '/m/out/LORA/x.json',
      '/m/out/LORA/x (2).json',
      '/m/out/LORA/x (3).json',
    ]);
  });
});
