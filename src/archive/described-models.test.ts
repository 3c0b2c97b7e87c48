import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeCatalogs } from '../../test/catalogs.ts';
import { ensureHost } from '../catalog/host.ts';
import type { Catalog } from '../catalog/open.ts';
import { ensureRoot } from '../catalog/root.ts';
import { walk } from '../library/walk.ts';
import { knownDescribed, takeDescribed } from './described-models.ts';

const HOST = '0b8a3f5e-6a1f-4c8e-9d57-1f2e3d4c5b6a';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'civitarium-described-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
}

async function take(
  catalog: Catalog,
  isMeant: (path: string) => boolean = () => true,
): Promise<{ readonly paths: string[]; readonly gone: number }> {
  await ensureHost(catalog, HOST, 'test', 1);
  const root = await ensureRoot(catalog, HOST, folder, 1);
  const walked = await walk(folder, { extensions: ['.safetensors'] });
  const taken = await catalog.write(
    async (trx) =>
      await takeDescribed(trx, { root, target: { root: folder }, walk: { ...walked, isMeant } }, 2),
  );
  const known = await knownDescribed(catalog.db, root.id);
  expect(known.map((one) => one.fileId)).toEqual(
    expect.arrayContaining(taken.described.map((one) => one.fileId)),
  );
  return { paths: taken.described.map((one) => one.walked.path), gone: taken.gone };
}

describeCatalogs('takeDescribed', (open) => {
  it('finds descriptions beside which no model file lies, whatever its ending is called', async () => {
    const catalog = await open();
    put(
      'a.about.yaml',
      'a.safetensors',
      'b.about.yml',
      'sub/c.about.json',
      'd.safetensors.about.yaml',
      'd.safetensors',
    );
    expect((await take(catalog)).paths).toEqual(['b.about.yml', 'sub/c.about.json']);
  });

  it('takes of several for one model one, the same each time', async () => {
    const catalog = await open();
    put('x.about.json', 'x.about.yml', 'x.about.yaml');
    expect((await take(catalog)).paths).toEqual(['x.about.yaml']);
    expect(await take(catalog)).toEqual({ paths: ['x.about.yaml'], gone: 0 });
  });

  it('lets go of one whose file came or that was removed, and keeps one that was only not asked about', async () => {
    const catalog = await open();
    put('came.about.yaml', 'left.about.yaml', 'stays.about.yaml');
    await take(catalog);
    put('came.safetensors');
    rmSync(join(folder, 'left.about.yaml'));

    const rest = await take(catalog, (path) => path.startsWith('nothing'));

    expect(rest).toEqual({ paths: [], gone: 2 });
    expect((await take(catalog)).paths).toEqual(['stays.about.yaml']);
  });
});
