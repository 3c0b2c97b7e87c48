import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stillClock } from '../../test/catalogs.ts';
import { openCatalog } from '../catalog/open.ts';
import type { Catalog } from '../catalog/open.ts';
import { intend, outputsOf } from '../catalog/output.ts';
import { boundsOf } from '../library/inside.ts';
import { writeOutputs } from './write-outputs.ts';
import type { Output, Written } from './write-outputs.ts';

const SHA256_OF_NEW = '11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437';

describe('writeOutputs', () => {
  let folder: string;
  let catalog: Catalog;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'civitarium-outputs-'));
    catalog = await openCatalog(':memory:', { clock: stillClock });
  });

  afterEach(async () => {
    await catalog.close();
    rmSync(folder, { recursive: true });
  });

  function write(...outputs: readonly Partial<Output>[]): Promise<Written> {
    const whole = outputs.map((output): Output => ({
      path: join(folder, 'a.html'),
      kind: 'page',
      rootId: undefined,
      fileId: undefined,
      bytes: 'new',
      ...output,
    }));
    return writeOutputs(catalog, whole, { now: () => 1000, bounds: boundsOf(folder) });
  }

  function text(name = 'a.html'): string {
    return readFileSync(join(folder, name), 'utf8');
  }

  it('writes what is missing and records it as done', async () => {
    expect(await write({})).toMatchObject({ written: 1, unchanged: 0, foreign: [], failures: [] });

    expect(text()).toBe('new');
    const [row] = await outputsOf(catalog.db, { paths: [join(folder, 'a.html')] });
    expect(row).toMatchObject({
      kind: 'page',
      intent_sha256: null,
      done_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      size: 3,
    });
  });

  it('does not touch what is as it should be', async () => {
    await write({});
    utimesSync(join(folder, 'a.html'), 5, 5);

    expect(await write({})).toMatchObject({ written: 0, unchanged: 1 });
    expect(statSync(join(folder, 'a.html')).mtimeMs).toBe(5000);
  });

  it('replaces what it wrote itself', async () => {
    await write({ bytes: 'old' });

    expect(await write({})).toMatchObject({ written: 1 });
    expect(text()).toBe('new');
  });

  it('takes for its own what a run that was cut short had placed', async () => {
    writeFileSync(join(folder, 'a.html'), 'new');
    await intend(catalog, [{ path: join(folder, 'a.html'), kind: 'page', sha256: SHA256_OF_NEW }], 1);

    expect(await write({ bytes: 'newer' })).toMatchObject({ written: 1, foreign: [] });
    expect(text()).toBe('newer');
  });

  it.each(['changed since', 'never ours'])(
    "leaves a file of the user's that was %s, and takes the other name",
    async (case_) => {
      if (case_ === 'changed since') await write({ bytes: 'old' });
      writeFileSync(join(folder, 'a.html'), 'mine');

      const result = await write({ otherwise: join(folder, 'a.civitarium.html') });

      expect(result).toMatchObject({ written: 1, foreign: [join(folder, 'a.html')] });
      expect([text(), text('a.civitarium.html')]).toEqual(['mine', 'new']);
    },
  );

  it("writes nothing where both names are the user's, a folder or a link", async () => {
    mkdirSync(join(folder, 'a.html'));
    symlinkSync('/nowhere', join(folder, 'b.html'));
    writeFileSync(join(folder, 'c.html'), 'mine');
    writeFileSync(join(folder, 'd.html'), 'mine');

    const result = await write(
      {},
      { path: join(folder, 'b.html') },
      { path: join(folder, 'c.html'), otherwise: join(folder, 'd.html') },
    );

    expect(result).toMatchObject({ written: 0, failures: [] });
    expect([...result.foreign].sort()).toEqual(
      ['a.html', 'b.html', 'c.html'].map((name) => join(folder, name)),
    );
    expect([text('c.html'), text('d.html')]).toEqual(['mine', 'mine']);
  });

  it('says what the disk refused, and writes the others', async () => {
    writeFileSync(join(folder, 'file'), '');
    const long = join(folder, `${'x'.repeat(300)}.html`);

    const result = await write({ path: long }, { path: join(folder, 'fine.html') });

    expect(result.written).toBe(1);
    expect(result.failures).toMatchObject([{ path: long, error: { code: 'name-too-long' } }]);
    expect(text('fine.html')).toBe('new');
  });

  it.skipIf(process.getuid?.() === 0)('says that a folder is not writable', async () => {
    mkdirSync(join(folder, 'closed'), { mode: 0o500 });

    const { failures } = await write({ path: join(folder, 'closed', 'a.html') });

    expect(failures).toMatchObject([{ error: { code: 'not-writable' } }]);
    chmodSync(join(folder, 'closed'), 0o700);
  });

  it('counts as right what another scan puts there at the same moment', async () => {
    // Bounds are looked at when a path is used: the moment after it was found free.
    const bounds = { check: () => writeFileSync(join(folder, 'a.html'), 'new') };

    const output: Output = {
      path: join(folder, 'a.html'),
      kind: 'page',
      rootId: undefined,
      fileId: undefined,
      bytes: 'new',
    };
    const result = await writeOutputs(catalog, [output], { now: () => 1000, bounds });

    expect(result).toMatchObject({ written: 0, unchanged: 1, foreign: [], failures: [] });
    expect(await outputsOf(catalog.db, { paths: [output.path] })).toMatchObject([{ intent_sha256: null }]);
  });

  it('replaces nothing that the user puts there at the same moment', async () => {
    const bounds = { check: () => writeFileSync(join(folder, 'a.html'), 'mine') };

    const output: Output = {
      path: join(folder, 'a.html'),
      kind: 'page',
      rootId: undefined,
      fileId: undefined,
      bytes: 'new',
    };
    const result = await writeOutputs(catalog, [output], { now: () => 1000, bounds });

    expect(result).toMatchObject({ written: 0, foreign: [output.path], failures: [] });
    expect(text()).toBe('mine');
  });

  it('never leaves its bounds', async () => {
    const outside = join(folder, '..', 'civitarium-outside.html');

    const { written, failures } = await write({ path: outside });

    expect(written).toBe(0);
    expect(failures).toMatchObject([{ error: { code: 'outside-root' } }]);
    expect(existsSync(outside)).toBe(false);
  });
});
