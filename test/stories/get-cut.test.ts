import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openGetSite, sumOfEnds } from './testing/get-site.ts';
import { makeGetStory, sampleAt, sha256 } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';
import { mountDisk, whyNoDisk } from './testing/small-disk.ts';

const noDisk = whyNoDisk();
if (noDisk !== undefined) console.log(`skipped: a disk without room: ${noDisk}`);

const site = openGetSite();

/** Bytes of the part that lies in the output. */
function sizeOf({ out, leftovers }: GetStory): number {
  const [part] = leftovers();
  return part === undefined ? 0 : statSync(join(out, part)).size;
}

describe('runs that do not come to their end', { timeout: 120_000 }, () => {
  it('what storage refuses fails with its reason, and get --retry-failed brings it', async () => {
    const [a, b] = [sampleAt(site.standin, 0), sampleAt(site.standin, 2)];
    site.standin.faults.use(`/storage/model/${a.model.id}/*:404=1`);

    const failed = await site.story.get([String(a.model.id), String(b.model.id), '--media', 'none']);
    site.standin.faults.use('');
    const retried = await site.story.get(['--retry-failed', '--media', 'none']);

    expect(failed.code).toBe(3);
    expect(failed.json.counts).toMatchObject({ wanted: 2, fetched: 1, failed: 1 });
    expect(failed.json.failures).toMatchObject([{ code: 'storage-refused' }]);
    expect(JSON.stringify(failed.json)).not.toContain('X-Amz');
    expect(retried.code, retried.stderr).toBe(0);
    expect(retried.json.counts).toMatchObject({ wanted: 1, fetched: 1 });
    expect(site.story.hashOf(a.file.name)).toBe(sha256(a.bytes));
    expect(existsSync(join(site.story.out, a.file.name.replace(/\.\w+$/, '.html')))).toBe(true);
  });

  it('a full disk ends the run with 4, and the next one goes on', async () => {
    const { model, file, bytes } = sampleAt(site.standin, 0);

    const full = await site.story.get([String(model.id)], {
      env: { CIVITARIUM_FAULT: 'ENOSPC@part.grown:1' },
    });
    const again = await site.story.get([String(model.id)]);

    expect([full.code, full.json.failures.at(-1)?.code]).toEqual([4, 'disk-full']);
    expect(sumOfEnds(full.json.counts)).toBe(full.json.counts['wanted']);
    expect(again.code, again.stderr).toBe(0);
    expect(site.story.hashOf(file.name)).toBe(sha256(bytes));
    expect(site.story.leftovers()).toEqual([]);
  });

  it.skipIf(noDisk !== undefined)(
    'a disk without room for it ends the run with 4 before a byte is fetched, and says so in the plan',
    async () => {
      const { model } = sampleAt(site.standin, 0);
      const disk = mountDisk(4 << 20);
      try {
        const args = [
          'get',
          String(model.id),
          '--output',
          join(disk.folder, 'out'),
          '--api-url',
          site.standin.apiUrl,
        ];

        const plan = await site.story.home.run([...args, '--dry-run']);
        const result = await site.story.home.run([...args, '--json']);

        expect(plan.stderr + plan.stdout).toContain('There is not room enough for all of it.');
        expect([result.code, result.json.failures.at(-1)?.code]).toEqual([4, 'disk-full']);
        expect(site.downloads()).toBe(0);
      } finally {
        disk.remove();
      }
    },
  );

  it('Ctrl-C in the middle of a file keeps what came, and the next run fetches only the rest', async () => {
    const { model, file, bytes } = sampleAt(site.standin, 0);
    site.standin.faults.use('/storage/*:trickle=1@2000');

    const cut = await site.story.get([String(model.id), '--media', 'none'], {
      whileRunning: (child) =>
        void (async () => {
          while (site.story.leftovers().length === 0 || sizeOf(site.story) < 1000) await delay(20);
          child.kill('SIGINT');
        })(),
    });
    const kept = sizeOf(site.story);
    site.standin.faults.use('');
    const again = await site.story.get([String(model.id), '--media', 'none']);

    expect(cut.code).toBe(130);
    expect(kept).toBeGreaterThanOrEqual(1000);
    expect(again.code, again.stderr).toBe(0);
    expect(again.json.counts['bytes']).toBe(bytes.length - kept);
    expect(site.story.hashOf(file.name)).toBe(sha256(bytes));
    expect(site.story.leftovers()).toEqual([]);
  });

  it('two at once for one target fetch it once, into one folder or two', async () => {
    const { model, file, bytes } = sampleAt(site.standin, 0);
    const target = [String(model.id), '--media', 'none'];

    const both = await Promise.all([
      site.story.get(target),
      site.story.get(target),
      site.story.home.run([
        'get',
        ...target,
        '--output',
        'other',
        '--api-url',
        site.standin.apiUrl,
        '--rate',
        '60000',
        '--json',
      ]),
    ]);

    expect(
      both.map(({ code }) => code),
      both.map(({ stderr }) => stderr).join('\n'),
    ).toEqual([0, 0, 0]);
    expect(site.downloads()).toBe(1);
    expect(both.map(({ json }) => json.counts['fetched']).toSorted()).toEqual([0, 0, 1]);
    expect(site.story.hashOf(file.name)).toBe(sha256(bytes));
    expect(statSync(join(site.story.home.folder, 'other', file.name)).size).toBe(bytes.length);
  });

  it('on a bad line end as on a good one', async () => {
    const targets = [0, 2, 4, 6, 8, 10, 12, 14].map((nth) => String(sampleAt(site.standin, nth).model.id));
    const good = makeGetStory(site.standin);
    const undisturbed = await good.get(targets);
    site.standin.faults.use('*:any=0.2,trickle=0.1@20000');

    const result = await site.story.get([...targets, '--patience', '30']);

    expect(undisturbed.code, undisturbed.stderr).toBe(0);
    expect(result.code, result.stderr).toBe(0);
    const files = ({ tree }: GetStory): Record<string, string> =>
      Object.fromEntries(
        Object.entries(tree()).filter(([path]) => !path.startsWith('gallery') && !path.endsWith('.html')),
      );
    expect(files(site.story)).toEqual(files(good));
    good.home.remove();
  });
});
