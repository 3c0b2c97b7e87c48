/**
 * 5,000 previews of 200 kB over loopback, on disk and recorded in a catalog, against `curl --parallel` that writes the
 * same files with the same concurrency. The server is a process of its own. Alone:
 * `node bench/previews.ts [images] [rounds]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchPreviews } from '../src/archive/fetch-previews.ts';
import type { PreviewStep } from '../src/archive/plan-previews.ts';
import { systemClock } from '../src/base/clock.ts';
import type { RootId } from '../src/base/ids.ts';
import { silentLog } from '../src/base/log.ts';
import { silentProgress } from '../src/base/progress.ts';
import { filesOfRoot, saveFiles, type FileInput } from '../src/catalog/file.ts';
import { ensureHost } from '../src/catalog/host.ts';
import { openCatalog, type Catalog } from '../src/catalog/open.ts';
import { ensureRoot } from '../src/catalog/root.ts';
import { boundsOf } from '../src/library/inside.ts';
import { openNet } from '../src/net/stack.ts';
import { imageUrl } from '../standin/routes/links.ts';
import { makeWorld } from '../standin/world/world.ts';
import { median, printResults, type BenchResult } from './result.ts';
import { startStandinProcess } from './standin.ts';

const BYTES = 200_000;
const CONCURRENCY = 8;
const SEED = 5;
const TARGET = 0.6;

export interface PreviewBenchOptions {
  readonly images?: number;
  readonly rounds?: number;
}

interface Source {
  readonly apiUrl: string;
  readonly urls: readonly string[];
}

/** Fetches the same images by turns with curl and with ours, each into a new folder. */
export async function run({ images = 5000, rounds = 3 }: PreviewBenchOptions = {}): Promise<BenchResult[]> {
  if (spawnSync('curl', ['--version']).error !== undefined) throw new Error('The baseline needs curl.');
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-bench-'));
  const flags = ['--models', String(images), '--seed', String(SEED), '--pictures', String(BYTES)];
  const standin = await startStandinProcess(flags);
  try {
    const source = { apiUrl: standin.apiUrl, urls: imageUrls(new URL(standin.apiUrl).origin, images) };
    const pairs: { readonly curl: number; readonly ours: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const curl = await inFolder(join(folder, `curl-${round}`), (to) => withCurl(source, to));
      const ours = await inFolder(join(folder, `ours-${round}`), (to) => withOurs(source, to));
      pairs.push({ curl, ours });
    }
    const ratio = median(pairs.map((pair) => pair.curl / pair.ours));
    const rate = (ms: number): string => `${((images * BYTES) / ms / 1000).toFixed(0)} MB/s`;
    return [
      {
        name: `previews: ${images} images of ${BYTES / 1000} kB, on disk and recorded`,
        target: `>= ${TARGET}`,
        figure: Math.round(ratio * 100) / 100,
        unit: 'x curl',
        pass: ratio >= TARGET,
        detail: `${rate(median(pairs.map((pair) => pair.ours)))} synced and recorded against ${rate(median(pairs.map((pair) => pair.curl)))} written, ${CONCURRENCY} at once, median of ${rounds} rounds`,
      },
    ];
  } finally {
    await standin.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Gives the milliseconds of some work in a new folder; what it left for the disk to do is done before the next. The files
 * stay until all is over: for minutes ext4 passes over the inodes of what was removed, and searches long for others.
 */
async function inFolder(folder: string, work: (folder: string) => Promise<number>): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const ms = await work(folder);
  spawnSync('sync');
  return ms;
}

function imageUrls(origin: string, count: number): string[] {
  const world = makeWorld({ models: count, seed: SEED });
  const urls: string[] = [];
  for (const versionId of world.versionIds()) {
    for (const image of world.imagesOf(versionId)) {
      if (image.type === 'image' && urls.length < count) urls.push(imageUrl(origin, image, image.id));
    }
  }
  if (urls.length < count) throw new Error(`The world has ${urls.length} images of the ${count} wanted.`);
  return urls;
}

async function withCurl({ urls }: Source, folder: string): Promise<number> {
  const config = join(folder, 'curl.cfg');
  const entries = urls.map((url, index) => `url = "${url}"\noutput = "${join(folder, `${index}.jpeg`)}"\n`);
  writeFileSync(config, entries.join(''));
  const begun = performance.now();
  const ended = spawnSync('curl', [
    '--silent',
    '--fail',
    '--parallel',
    '--parallel-max',
    String(CONCURRENCY),
    '--config',
    config,
  ]);
  const ms = performance.now() - begun;
  if (ended.status !== 0) throw new Error(`curl ended with ${ended.status}.`);
  assertCount(folder, urls.length);
  return ms;
}

async function withOurs({ apiUrl, urls }: Source, folder: string): Promise<number> {
  const models = join(folder, 'models');
  mkdirSync(models);
  const now = (): number => systemClock.now();
  const catalog = await openCatalog(join(folder, 'catalog.db'), { clock: systemClock });
  const signal = new AbortController().signal;
  const net = openNet({
    apiUrl,
    stateFile: join(folder, 'net.db'),
    mediaConcurrency: CONCURRENCY,
    clock: systemClock,
    chance: Math.random,
    log: silentLog,
    signal,
  });
  try {
    const { rootId, fileIds } = await makeFiles(catalog, models, urls.length);
    const steps = urls.map((url, index) => stepOf(url, index, fileIds[index] ?? 0));
    const bounds = boundsOf(models);
    const begun = performance.now();
    const fetched = await fetchPreviews(steps, {
      catalog,
      send: net.send,
      concurrency: CONCURRENCY,
      now,
      signal,
      phase: silentProgress.phase('Previews', steps.length, 'images'),
      copies: new Map(),
      placeOf: ({ fileId }) => ({ folder: models, name: `${fileId}.preview`, bounds, rootId }),
    });
    const ms = performance.now() - begun;
    if (fetched.fetched !== urls.length)
      throw new Error(`${fetched.fetched} of ${urls.length} previews were fetched.`);
    assertCount(models, urls.length);
    return ms;
  } finally {
    await net.close();
    await catalog.close();
  }
}

/** Model files for the previews to belong to, in the catalog alone. */
async function makeFiles(
  catalog: Catalog,
  folder: string,
  count: number,
): Promise<{ rootId: RootId; fileIds: number[] }> {
  await ensureHost(catalog, 'bench', 'bench', 0);
  const root = await ensureRoot(catalog, 'bench', folder, 0);
  await saveFiles(
    catalog,
    root.id,
    Array.from({ length: count }, (_, index) => fileInput(`model ${index}`)),
    0,
  );
  const rows = await filesOfRoot(catalog.db, root.id);
  return { rootId: root.id as RootId, fileIds: rows.map((row) => row.id) };
}

function fileInput(stem: string): FileInput {
  const name = `${stem}.safetensors`;
  const stamps = { mtimeNs: '0', ctimeNs: '0', device: '0', inode: '0' };
  return {
    path: name,
    pathKey: name,
    name,
    stem,
    ext: '.safetensors',
    folder: '',
    size: 0,
    ...stamps,
    blobId: null,
  };
}

function stepOf(url: string, index: number, fileId: number): PreviewStep {
  return {
    fileId,
    image: { imageId: index + 1, url, media: 'image', nsfwLevel: 1, width: 1024, height: 1024 },
    slot: 1,
  };
}

function assertCount(folder: string, wanted: number): void {
  const pictures = readdirSync(folder).filter((name) => /\.jpe?g$/.test(name)).length;
  if (pictures !== wanted) throw new Error(`${pictures} of ${wanted} pictures are in ${folder}.`);
}

if (import.meta.main) {
  const [images, rounds] = process.argv.slice(2).map(Number);
  printResults(await run({ ...(images ? { images } : {}), ...(rounds ? { rounds } : {}) }));
}
