import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_KEY } from '../../standin/access.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { treeOf } from '../tree.ts';
import { makeGetStory, oddSample, sampleAt, sha256 } from './testing/get-story.ts';
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

const withKey = { env: { CIVITAI_API_KEY: SAMPLE_KEY } };

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

describe('get brings a model home', { timeout: 120_000 }, () => {
  it('proves it, describes it like a scanned file, and fetches nothing the second time', async () => {
    const { model, file, bytes } = sampleAt(standin, 0);
    const target = `${standin.origin}/models/${model.id}/any-name`;

    const first = await story.get([target]);
    const tree = story.tree();
    standin.reset();
    const second = await story.get([target]);

    expect(first.code, first.stderr).toBe(0);
    expect(first.json.counts).toMatchObject({
      wanted: 1,
      fetched: 1,
      held: 0,
      refused: 0,
      failed: 0,
      models: 1,
      versions: 1,
      images: 1,
      bytes: bytes.length,
    });
    expect(story.hashOf(file.name)).toBe(sha256(bytes));
    const stem = join(story.out, file.name.replace(/\.\w+$/, ''));
    expect(existsSync(`${stem}.html`)).toBe(true);
    const info = JSON.parse(readFileSync(`${stem}.civitai.info`, 'utf8')) as { id: number; model: unknown };
    expect(info).toMatchObject({ id: file.versionId, model: { name: model.name } });
    expect(readFileSync(join(story.out, 'gallery.html'), 'utf8')).toContain('gallery.js');
    expect(second.json.counts).toMatchObject({ wanted: 1, fetched: 0, held: 1, bytes: 0 });
    expect(downloads()).toBe(0);
    expect(story.tree()).toEqual(tree);
  });

  it('asks little for it: what was fetched is neither read nor looked up again, and a scan finds nothing new', async () => {
    const { model } = sampleAt(standin, 0);

    const got = await story.get([String(model.id), '--media', 'none']);
    expect(got.json.requests.byEndpoint).toEqual({
      'models?ids': 1,
      'model-versions/by-hash': 1,
      download: 1,
      storage: 1,
    });
    const scanned = await story.home.run([
      'scan',
      'out',
      '--images',
      'none',
      '--api-url',
      standin.apiUrl,
      '--json',
    ]);

    expect(scanned.json.counts).toMatchObject({ files: 1, identified: 1, hashed: 0 });
    expect(scanned.json.requests.total).toBe(0);
  });

  it('leaves what a scan of the same file leaves', async () => {
    const { model, file, bytes } = sampleAt(standin, 0);
    await story.get([String(model.id)]);
    const got = story.tree();
    const other = makeGetStory(standin);
    mkdirSync(other.out);
    writeFileSync(join(other.out, file.name), bytes);

    const scanned = await other.home.run(['scan', 'out', '--api-url', standin.apiUrl, '--json']);

    expect(scanned.code, scanned.stderr).toBe(0);
    const withoutData = (tree: Record<string, string>): string[] =>
      Object.entries(tree)
        // The page names its folder.
        .filter(([path]) => !path.startsWith('gallery.files/') && !path.endsWith('.html'))
        .map(([path, hash]) => `${path} ${hash}`);
    expect(withoutData(got)).toEqual(withoutData(other.tree()));
    expect(Object.keys(got)).toEqual(Object.keys(other.tree()));
    other.home.remove();
  });
});

describe('targets of get', { timeout: 120_000 }, () => {
  it('may be addresses, AIRs, hashes and ids, in a list file of any make; a line that is none is told', async () => {
    const [a, b, c, d, e, f] = [0, 2, 4, 6, 8, 10].map((nth) => sampleAt(standin, nth)) as [
      ReturnType<typeof sampleAt>,
      ReturnType<typeof sampleAt>,
      ReturnType<typeof sampleAt>,
      ReturnType<typeof sampleAt>,
      ReturnType<typeof sampleAt>,
      ReturnType<typeof sampleAt>,
    ];
    const lines = [
      '\uFEFF# a list of mine',
      `https://civitai.com/models/${a.model.id}?modelVersionId=${a.file.versionId}   # the first`,
      `https://civitai.red/models/${a.model.id}`,
      '',
      `urn:air:sdxl:lora:civitai:${b.model.id}@${b.file.versionId}`,
      sha256(c.bytes).toUpperCase(),
      `version:${d.file.versionId}`,
      'neither fish nor fowl',
      `https://civitai.com/api/download/models/${e.file.versionId}?fileId=${e.file.id}`,
    ];
    writeFileSync(join(story.home.folder, 'list.txt'), lines.join('\r\n'));

    const result = await story.get(['list.txt', String(f.model.id), '--media', 'none']);

    expect(result.code).toBe(3);
    expect(result.json.counts).toMatchObject({ wanted: 7, fetched: 6, failed: 1, models: 6 });
    expect(result.json.failures).toMatchObject([
      { what: 'list.txt:8: neither fish nor fowl', code: 'bad-target' },
    ]);
    for (const { file, bytes } of [a, b, c, d, e, f]) expect(story.hashOf(file.name)).toBe(sha256(bytes));
  });

  it('are asked for when there are none: where nobody can answer the run does not begin', async () => {
    const none = await story.get([]);
    const bad = await story.get(['no/such/list.txt']);

    expect([none.code, none.json.failures[0]?.code]).toEqual([1, 'no-target']);
    expect([bad.code, bad.json.failures[0]?.code]).toEqual([1, 'bad-target']);
    expect(standin.requests()).toEqual({});
  });

  it('that the site does not have are refused, one by one, and the others come', async () => {
    const { model } = sampleAt(standin, 0);

    const result = await story.get(['model:999999', String(model.id), '--media', 'none']);

    expect(result.code).toBe(3);
    expect(result.json.counts).toMatchObject({ wanted: 2, fetched: 1, refused: 1 });
    expect(result.json.failures).toMatchObject([{ what: 'model:999999', code: 'not-found' }]);
  });

  it('give the versions and files that are chosen', async () => {
    const { model } = oddSample(standin, 'many-versions');
    const published = model.versions.filter((one) => one.status === 'Published');
    const files = published.flatMap((one) =>
      one.files.filter((file) => file.visibility === 'Public' && !file.superseded),
    );

    const plan = await story.get([String(model.id), '--versions', 'all', '--files', 'all', '--dry-run']);
    const vae = await story.get([String(model.id), '--versions', 'all', '--files', 'vae', '--dry-run']);
    const base = await story.get([
      String(model.id),
      '--versions',
      `base:${published[0]?.baseModel ?? ''}`,
      '--dry-run',
    ]);

    expect(plan.json.counts).toMatchObject({ wanted: files.length, versions: published.length });
    expect(vae.json.counts['wanted']).toBe(files.filter((file) => file.type === 'VAE').length);
    expect(base.json.counts['versions']).toBe(
      published.filter((one) => one.baseModel === published[0]?.baseModel).length,
    );
  });
});

describe('get --dry-run', { timeout: 120_000 }, () => {
  it('says what it would fetch and how much, and touches nothing', async () => {
    const { model, bytes, file } = sampleAt(standin, 0);
    const before = treeOf(story.home.folder);

    const result = await story.get([String(model.id), '--dry-run']);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json['plan']).toMatchObject({ to_fetch: 1, to_fetch_bytes: bytes.length, held: 0 });
    expect(sumOf(result.json.counts)).toBe(1);
    expect(result.json['files']).toEqual([
      { path: join(story.out, file.name), step: 'fetch', size: bytes.length },
    ]);
    expect(downloads()).toBe(0);
    const after = Object.keys(treeOf(story.home.folder)).filter((path) => !path.startsWith('state/'));
    expect(after).toEqual(Object.keys(before));
  });
});

describe('what the site refuses', { timeout: 120_000 }, () => {
  it('is told with the reason and the next step, not asked for again at once, and asked for with --retry-failed', async () => {
    const odd = (['archived', 'requires-login', 'generation-only', 'poi'] as const).map((name) =>
      oddSample(standin, name),
    );
    const targets = odd.map(({ model }) => `model:${model.id}`);

    const first = await story.get([...targets, '--media', 'none']);
    const asked = standin.requests()['download/models/:id'];
    const again = await story.get([...targets, '--media', 'none']);
    const askedAgain = standin.requests()['download/models/:id'];
    const retried = await story.get([...targets, '--retry-failed', '--media', 'none']);

    const codes = ['archived', 'downloads-disabled', 'key-needed', 'not-found'];
    expect(first.code).toBe(3);
    expect(first.json.counts).toMatchObject({ wanted: 4, fetched: 0, refused: 4, failed: 0 });
    expect(first.json.failures.map(({ code }) => code).sort()).toEqual(codes);
    expect(first.json.failures.every(({ next }) => next !== undefined && next !== '')).toBe(true);
    expect(again.json.counts).toMatchObject({ refused: 4 });
    expect(again.json.failures.map(({ code }) => code).sort()).toEqual(codes);
    expect(askedAgain).toBe(asked);
    expect(retried.json.counts).toMatchObject({ refused: 4 });
    expect(standin.requests()['download/models/:id']).toBe(2 * (asked ?? 0));
    expect(story.leftovers()).toEqual([]);
  });

  it('until a day is told with that day, and comes when it is over', async () => {
    const { model, file, bytes } = oddSample(standin, 'early-access');
    const paid = model.versions.find((one) => one.earlyAccessUntil !== null);
    const until = paid?.earlyAccessUntil ?? 0;

    const early = await story.get([String(model.id), '--media', 'none']);
    standin.clock.advance(until - standin.world.startedAt);
    const then = await story.get([String(model.id), '--media', 'none']);

    expect(early.json.failures).toMatchObject([{ code: 'early-access' }]);
    expect(early.json.failures[0]?.why).toContain(new Date(until).toISOString().slice(0, 10));
    expect(then.code, then.stderr).toBe(0);
    expect(story.hashOf(file.name)).toBe(sha256(bytes));
  });

  it('for want of a key comes with one, which goes to the site alone', async () => {
    const { model, file, bytes } = oddSample(standin, 'requires-login');
    await story.get([String(model.id), '--media', 'none']);

    const result = await story.get([String(model.id), '--media', 'none'], withKey);

    expect(result.code, result.stderr).toBe(0);
    expect(story.hashOf(file.name)).toBe(sha256(bytes));
    const storage = standin.asks().filter((ask) => ask.endpoint === 'storage');
    expect(storage.map((ask) => ask.withKey)).toEqual([false]);
    expect(standin.problems()).toEqual([]);
  });
});

describe('bytes that are held', { timeout: 120_000 }, () => {
  it('in another scanned folder are not fetched but shared, and each folder has its file', async () => {
    const { model, file, bytes } = sampleAt(standin, 0);
    const library = join(story.home.folder, 'library');
    mkdirSync(library);
    writeFileSync(join(library, 'mine.safetensors'), bytes);
    await story.home.run(['scan', 'library', '--images', 'none', '--api-url', standin.apiUrl, '--json']);
    standin.reset();

    const result = await story.get([String(model.id), '--media', 'none']);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({ wanted: 1, fetched: 0, held: 1, bytes: 0 });
    expect(downloads()).toBe(0);
    expect(story.hashOf(file.name)).toBe(sha256(bytes));
    expect(sha256(readFileSync(join(library, 'mine.safetensors')))).toBe(sha256(bytes));
  });

  it('under another name in the output stay the only copy; a damaged file is none', async () => {
    const { model, file, bytes } = sampleAt(standin, 0);
    mkdirSync(story.out);
    writeFileSync(join(story.out, 'mine.safetensors'), bytes);
    await story.home.run(['scan', 'out', '--images', 'none', '--api-url', standin.apiUrl, '--json']);

    const held = await story.get([String(model.id), '--media', 'none']);
    const names = Object.keys(story.tree());
    writeFileSync(join(story.out, 'mine.safetensors'), Buffer.alloc(bytes.length));
    const fetched = await story.get([String(model.id), '--media', 'none']);

    expect(held.json.counts).toMatchObject({ held: 1, fetched: 0 });
    expect(names).not.toContain(file.name);
    expect(fetched.json.counts).toMatchObject({ held: 0, fetched: 1 });
    expect(story.hashOf(file.name)).toBe(sha256(bytes));
  });

  it('of two versions come once', async () => {
    const { model } = oddSample(standin, 'same-bytes-in-versions');

    const result = await story.get([String(model.id), '--versions', 'all', '--media', 'none']);

    const { wanted, fetched } = result.json.counts;
    expect(result.code, result.stderr).toBe(0);
    expect(sumOf(result.json.counts)).toBe(wanted);
    expect(fetched).toBeLessThan(wanted ?? 0);
    expect(downloads()).toBe(fetched);
  });
});

describe('names', { timeout: 120_000 }, () => {
  it('that a file of the user has already are left to it; the same bytes there count as held', async () => {
    const [a, b] = [sampleAt(standin, 0), sampleAt(standin, 2)];
    mkdirSync(story.out);
    writeFileSync(join(story.out, a.file.name), 'mine');
    writeFileSync(join(story.out, b.file.name), b.bytes);

    const result = await story.get([String(a.model.id), String(b.model.id), '--media', 'none']);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({ wanted: 2, fetched: 1, held: 1 });
    expect(readFileSync(join(story.out, a.file.name), 'utf8')).toBe('mine');
    const other = a.file.name.replace(/(\.\w+)$/, `-v${a.file.versionId}$1`);
    expect(story.hashOf(other)).toBe(sha256(a.bytes));
  });

  it('of files of one version that are alike are told apart by what the files are', async () => {
    const { model } = oddSample(standin, 'same-file-names');
    const files = model.versions[0]?.files ?? [];

    const result = await story.get([String(model.id), '--files', 'all', '--media', 'none']);

    expect(result.code, result.stderr).toBe(0);
    expect(new Set(files.map(({ name }) => name)).size).toBe(1);
    const hashes = Object.values(story.tree());
    for (const file of files) expect(hashes).toContain(sha256(standin.world.bytesOf(file)));
  });
});

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
