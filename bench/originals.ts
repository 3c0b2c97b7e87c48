/**
 * 10,000 images of 200 kB over loopback, sixteen at once, proven, placed and recorded one by one as `get` does it, against
 * `aria2c` with the same concurrency. The server is a process of its own. Alone: `node bench/originals.ts [images] [rounds]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runQueue } from '../src/archive/download/run-queue.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { ensureHost } from '../src/catalog/host.ts';
import { openCatalog } from '../src/catalog/open.ts';
import { queueTransfers } from '../src/catalog/transfer.ts';
import { boundsOf } from '../src/library/inside.ts';
import { openNet } from '../src/net/stack.ts';
import { imageUrl } from '../standin/routes/links.ts';
import { makeWorld } from '../standin/world/world.ts';
import { median, printResults, type BenchResult } from './result.ts';
import { startStandinProcess } from './standin.ts';

const BYTES = 200_000;
const AT_ONCE = 16;
const SEED = 5;
const TARGET = 0.6;

export interface OriginalsBenchOptions {
  readonly images?: number;
  readonly rounds?: number;
}

interface Source {
  readonly apiUrl: string;
  readonly urls: readonly string[];
}

/** Fetches the same images by turns with aria2c and with ours, each into a new folder. */
export async function run({ images = 10_000, rounds = 3 }: OriginalsBenchOptions = {}): Promise<
  BenchResult[]
> {
  if (spawnSync('aria2c', ['--version']).error !== undefined) throw new Error('The baseline needs aria2c.');
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-bench-'));
  const flags = ['--models', String(images), '--seed', String(SEED), '--pictures', String(BYTES)];
  const standin = await startStandinProcess(flags);
  try {
    const source = { apiUrl: standin.apiUrl, urls: imageUrls(new URL(standin.apiUrl).origin, images) };
    const pairs: { readonly aria2: number; readonly ours: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const aria2 = await inFolder(folder, (to) => Promise.resolve(withAria2(source, to)));
      const ours = await inFolder(folder, (to) => withOurs(source, to));
      pairs.push({ aria2, ours });
    }
    const ratio = median(pairs.map((pair) => pair.aria2 / pair.ours));
    const rate = (ms: number): string => `${((images * BYTES) / ms / 1000).toFixed(0)} MB/s`;
    return [
      {
        name: `originals: ${images} images of ${BYTES / 1000} kB, each proven, placed and recorded`,
        target: `>= ${TARGET}`,
        figure: Math.round(ratio * 100) / 100,
        unit: 'x aria2c',
        pass: ratio >= TARGET,
        detail: `${rate(median(pairs.map((pair) => pair.ours)))} synced and recorded against ${rate(median(pairs.map((pair) => pair.aria2)))} written, ${AT_ONCE} at once, median of ${rounds} rounds`,
      },
    ];
  } finally {
    await standin.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives the milliseconds of some work in a new folder; what it left for the disk to do is done before the next. */
async function inFolder(folder: string, work: (folder: string) => Promise<number>): Promise<number> {
  const to = mkdtempSync(join(folder, 'run-'));
  const ms = await work(to);
  rmSync(to, { recursive: true });
  spawnSync('sync');
  return ms;
}

function imageUrls(origin: string, count: number): string[] {
  const world = makeWorld({ models: count, seed: SEED });
  const urls: string[] = [];
  for (const versionId of world.versionIds())
    for (const image of world.imagesOf(versionId))
      if (image.type === 'image' && urls.length < count) urls.push(imageUrl(origin, image, image.id));
  if (urls.length < count) throw new Error(`The world has ${urls.length} images of the ${count} wanted.`);
  return urls;
}

function withAria2({ urls }: Source, folder: string): number {
  const list = join(folder, 'list.txt');
  const output = join(folder, 'out');
  writeFileSync(list, urls.map((url, index) => `${url}\n  out=${index}.jpeg\n`).join(''));
  const flags = [
    '--quiet',
    `--input-file=${list}`,
    `--dir=${output}`,
    `--max-concurrent-downloads=${AT_ONCE}`,
  ];
  const begun = performance.now();
  const ended = spawnSync('aria2c', [
    ...flags,
    '--max-connection-per-server=1',
    '--no-conf',
    '--file-allocation=none',
  ]);
  const ms = performance.now() - begun;
  if (ended.status !== 0) throw new Error(`aria2c ended with ${ended.status}.`);
  assertCount(output, urls.length);
  return ms;
}

async function withOurs({ apiUrl, urls }: Source, folder: string): Promise<number> {
  const output = join(folder, 'out');
  mkdirSync(output);
  const catalog = await openCatalog(join(folder, 'catalog.db'), { clock: systemClock });
  await ensureHost(catalog, 'bench', 'bench', 0);
  const { signal } = new AbortController();
  const net = openNet({
    apiUrl,
    stateFile: join(folder, 'net.db'),
    mediaConcurrency: AT_ONCE,
    clock: systemClock,
    chance: Math.random,
    log: silentLog,
    signal,
  });
  const bounds = boundsOf(output);
  try {
    const begun = performance.now();
    const wishes = urls.map((source, index) => ({
      kind: 'image',
      subject: String(index + 1),
      output,
      path: join(output, `${index + 1}.jpeg`),
      source,
      modelId: undefined,
      versionId: undefined,
      size: undefined,
      sha256: undefined,
    }));
    const rows = await queueTransfers(catalog, 'bench', wishes, systemClock.now());
    const { ended } = await runQueue(rows, {
      catalog,
      hostId: 'bench',
      send: net.send,
      hasKey: false,
      signal,
      atOnce: AT_ONCE,
      boundsOf: () => bounds,
      throttle: undefined,
      clock: systemClock,
      downloader: undefined,
      onBytes: () => undefined,
      onWait: () => undefined,
      onEnd: () => undefined,
    });
    const ms = performance.now() - begun;
    const done = ended.filter(({ end }) => end.state === 'done').length;
    if (done !== urls.length) throw new Error(`${done} of ${urls.length} images are there.`);
    assertCount(output, urls.length);
    return ms;
  } finally {
    await net.close();
    await catalog.close();
  }
}

function assertCount(folder: string, wanted: number): void {
  const pictures = readdirSync(folder).filter((name) => /^\d+\.\w+$/.test(name)).length;
  if (pictures !== wanted) throw new Error(`${pictures} of ${wanted} pictures are in ${folder}.`);
}

if (import.meta.main) {
  const [images, rounds] = process.argv.slice(2).map(Number);
  printResults(await run({ ...(images ? { images } : {}), ...(rounds ? { rounds } : {}) }));
}
