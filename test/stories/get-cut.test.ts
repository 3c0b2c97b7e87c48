import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeGetStory, sampleAt, sha256 } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';
import { mountDisk, whyNoDisk } from './testing/small-disk.ts';

const noDisk = whyNoDisk();
if (noDisk !== undefined) console.log(`skipped: a disk without room: ${noDisk}`);

let standin: Standin;
let story: GetStory;

beforeAll(async () => {
  standin = await startStandin({ models: 100, seed: 11, images: 50, pictures: 2000, speed: 0 });
});

beforeEach(() => {
  standin.reset();
  story = makeGetStory(standin);
});

afterEach(() => {
  standin.faults.use('');
  story.home.remove();
});

afterAll(async () => {
  await standin.close();
});

/** Requests that brought files. */
function downloads(): number {
  return standin.requests()['storage'] ?? 0;
}

/** Bytes of the part that lies in the output. */
function sizeOf({ out, leftovers }: GetStory): number {
  const [part] = leftovers();
  return part === undefined ? 0 : statSync(join(out, part)).size;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return ['fetched', 'held', 'refused', 'failed'].reduce((sum, key) => sum + (counts[key] ?? 0), 0);
}

describe('runs that do not come to their end', { timeout: 120_000 }, () => {
  it('what storage refuses fails with its reason, and get --retry-failed brings it', async () => {
    const [a, b] = [sampleAt(standin, 0), sampleAt(standin, 2)];
    standin.faults.use(`/storage/model/${a.model.id}/*:404=1`);

    const failed = await story.get([String(a.model.id), String(b.model.id), '--media', 'none']);
    standin.faults.use('');
    const retried = await story.get(['--retry-failed', '--media', 'none']);

    expect(failed.code).toBe(3);
    expect(failed.json.counts).toMatchObject({ wanted: 2, fetched: 1, failed: 1 });
    expect(failed.json.failures).toMatchObject([{ code: 'storage-refused' }]);
    expect(JSON.stringify(failed.json)).not.toContain('X-Amz');
    expect(retried.code, retried.stderr).toBe(0);
    expect(retried.json.counts).toMatchObject({ wanted: 1, fetched: 1 });
    expect(story.hashOf(a.file.name)).toBe(sha256(a.bytes));
    expect(existsSync(join(story.out, a.file.name.replace(/\.\w+$/, '.html')))).toBe(true);
  });

  it('a full disk ends the run with 4, and the next one goes on', async () => {
    const { model, file, bytes } = sampleAt(standin, 0);

    const full = await story.get([String(model.id)], { env: { CIVITARIUM_FAULT: 'ENOSPC@part.grown:1' } });
    const again = await story.get([String(model.id)]);

    expect([full.code, full.json.failures.at(-1)?.code]).toEqual([4, 'disk-full']);
    expect(sumOf(full.json.counts)).toBe(full.json.counts['wanted']);
    expect(again.code, again.stderr).toBe(0);
    expect(story.hashOf(file.name)).toBe(sha256(bytes));
    expect(story.leftovers()).toEqual([]);
  });

  it.skipIf(noDisk !== undefined)(
    'a disk without room for it ends the run with 4 before a byte is fetched, and says so in the plan',
    async () => {
      const { model } = sampleAt(standin, 0);
      const disk = mountDisk(4 << 20);
      try {
        const args = [
          'get',
          String(model.id),
          '--output',
          join(disk.folder, 'out'),
          '--api-url',
          standin.apiUrl,
        ];

        const plan = await story.home.run([...args, '--dry-run']);
        const result = await story.home.run([...args, '--json']);

        expect(plan.stderr + plan.stdout).toContain('There is not room enough for all of it.');
        expect([result.code, result.json.failures.at(-1)?.code]).toEqual([4, 'disk-full']);
        expect(downloads()).toBe(0);
      } finally {
        disk.remove();
      }
    },
  );

  it('Ctrl-C in the middle of a file keeps what came, and the next run fetches only the rest', async () => {
    const { model, file, bytes } = sampleAt(standin, 0);
    standin.faults.use('/storage/*:trickle=1@2000');

    const cut = await story.get([String(model.id), '--media', 'none'], {
      whileRunning: (child) =>
        void (async () => {
          while (story.leftovers().length === 0 || sizeOf(story) < 1000) await delay(20);
          child.kill('SIGINT');
        })(),
    });
    const kept = sizeOf(story);
    standin.faults.use('');
    const again = await story.get([String(model.id), '--media', 'none']);

    expect(cut.code).toBe(130);
    expect(kept).toBeGreaterThanOrEqual(1000);
    expect(again.code, again.stderr).toBe(0);
    expect(again.json.counts['bytes']).toBe(bytes.length - kept);
    expect(story.hashOf(file.name)).toBe(sha256(bytes));
    expect(story.leftovers()).toEqual([]);
  });

  it('two at once for one target fetch it once, into one folder or two', async () => {
    const { model, file, bytes } = sampleAt(standin, 0);
    const target = [String(model.id), '--media', 'none'];

    const both = await Promise.all([
      story.get(target),
      story.get(target),
      story.home.run([
        'get',
        ...target,
        '--output',
        'other',
        '--api-url',
        standin.apiUrl,
        '--rate',
        '60000',
        '--json',
      ]),
    ]);

    expect(
      both.map(({ code }) => code),
      both.map(({ stderr }) => stderr).join('\n'),
    ).toEqual([0, 0, 0]);
    expect(downloads()).toBe(1);
    expect(both.map(({ json }) => json.counts['fetched']).toSorted()).toEqual([0, 0, 1]);
    expect(story.hashOf(file.name)).toBe(sha256(bytes));
    expect(statSync(join(story.home.folder, 'other', file.name)).size).toBe(bytes.length);
  });

  it('on a bad line end as on a good one', async () => {
    const targets = [0, 2, 4, 6, 8, 10, 12, 14].map((nth) => String(sampleAt(standin, nth).model.id));
    const good = makeGetStory(standin);
    const undisturbed = await good.get(targets);
    standin.faults.use('*:any=0.2,trickle=0.1@20000');

    const result = await story.get([...targets, '--patience', '30']);

    expect(undisturbed.code, undisturbed.stderr).toBe(0);
    expect(result.code, result.stderr).toBe(0);
    const files = ({ tree }: GetStory): Record<string, string> =>
      Object.fromEntries(
        Object.entries(tree()).filter(([path]) => !path.startsWith('gallery') && !path.endsWith('.html')),
      );
    expect(files(story)).toEqual(files(good));
    good.home.remove();
  });
});
