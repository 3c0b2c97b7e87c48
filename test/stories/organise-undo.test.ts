import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { treeOf } from '../tree.ts';
import { makeOrganiseLibrary } from './testing/organise-library.ts';
import type { OrganiseLibrary } from './testing/organise-library.ts';

interface Planned {
  readonly from: string;
  readonly to: string;
}

describe('an organised library of which something is gone or in the way', { timeout: 120_000 }, () => {
  let standin: Standin;
  let library: OrganiseLibrary;

  beforeAll(async () => {
    standin = await startStandin({ models: 20, seed: 11, speed: 0 });
    library = await makeOrganiseLibrary(standin, 5);
  });
  beforeEach(() => library.reset());
  afterAll(async () => {
    library.remove();
    await standin.close();
  });

  const planOf = async (...args: readonly string[]): Promise<readonly Planned[]> =>
    (await library.run('organize', library.folder, '--dry-run', ...args)).json['plan'] as Planned[];

  it('is taken back but for a file that was removed since and one whose old place is taken', async () => {
    const [removed, blocked, ...others] = await planOf();
    if (removed === undefined || blocked === undefined) throw new Error('No plan.');
    const before = library.tree();
    await library.run('organize', library.folder);
    const bytes = readFileSync(blocked.to);
    rmSync(removed.to);
    writeFileSync(blocked.from, 'somebody else');

    const result = await library.run('undo', '--yes');

    const { steps, restored, left, failed } = result.json.counts;
    expect(result.code, result.stderr).toBe(3);
    expect(steps).toBe((restored ?? 0) + (left ?? 0) + (failed ?? 0));
    expect(result.json.failures).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ what: removed.to, why: 'It is not where it was put any more.' }),
        expect.objectContaining({ what: blocked.to, why: 'Something else stands where it was.' }),
      ]),
    );
    expect(existsSync(removed.from)).toBe(false);
    expect(readFileSync(blocked.from, 'utf8')).toBe('somebody else');
    expect(readFileSync(blocked.to)).toEqual(bytes);
    const after = library.tree();
    for (const { from, to } of others) {
      const path = from.slice(library.folder.length + 1);
      expect(after[path]).toBe(before[path]);
      expect(existsSync(to)).toBe(false);
    }
  });

  it('is left as it is while its old root is absent, and taken back when that is there again', async () => {
    const before = library.tree();
    const elsewhere = join(library.home.folder, 'elsewhere');
    await library.run('organize', library.folder, '--output', elsewhere);
    const there = Object.entries(treeOf(elsewhere)).filter(([path]) => library.isModel(path));
    const away = `${library.folder}.away`;
    renameSync(library.folder, away);

    const refused = await library.run('undo', '--yes');
    const kept = treeOf(elsewhere);
    rmSync(library.folder, { recursive: true, force: true });
    renameSync(away, library.folder);
    const undone = await library.run('undo', '--yes');

    expect(refused.code).toBe(1);
    expect(refused.json.failures[0]).toMatchObject({ code: 'root-absent' });
    for (const [path, hash] of there) expect(kept[path]).toBe(hash);
    expect(undone.code, undone.stderr).toBe(0);
    expect(library.modelHashes(library.tree())).toEqual(library.modelHashes(before));
    expect(existsSync(elsewhere)).toBe(false);
  });

  it('had its creators from the answers about models: those about versions name none (B0-9)', async () => {
    const plan = await planOf('--template', 'by_creator');

    const creators = new Map(
      library.known.map(({ path, modelId }) => [basename(path), standin.world.creator(standin.world.model(modelId)?.creatorId ?? 0)?.username]), // prettier-ignore
    );
    expect(plan).toHaveLength(library.known.length);
    const named = plan.filter(({ to }) => basename(dirname(to)) === creators.get(basename(to)));
    const others = plan.filter((one) => !named.includes(one));
    expect(named.length).toBeGreaterThan(1);
    expect(others.every(({ to }) => basename(dirname(to)) === 'Unknown')).toBe(true);
  });
});
