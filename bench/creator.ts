/**
 * What `get` of a large creator asks the site for: the first time against the fewest pages that hold all of it, the
 * second time, when nothing is new. Files and pictures are listed, not fetched: they cost one request each.
 * Alone: `node bench/creator.ts [models] [images]`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listed } from '../standin/routes/model-filter.ts';
import type { World } from '../standin/world/types.ts';
import { makeWorld } from '../standin/world/world.ts';
import { requireBuild, runProgram, type ProgramRun } from './program.ts';
import { printResults, type BenchResult } from './result.ts';
import { startStandinProcess } from './standin.ts';

const SEED = 7;
const MODELS_A_PAGE = 100;
const IMAGES_A_PAGE = 200;

export interface CreatorBenchOptions {
  readonly models?: number;
  readonly images?: number;
}

export async function run({ models = 500, images = 40_000 }: CreatorBenchOptions = {}): Promise<
  BenchResult[]
> {
  requireBuild();
  // Not all models of a world are listed, and the deleted user has half of the images.
  const size = { seed: SEED, models: models + 16, images: images * 2 + 700, creators: 1 };
  const works = worksOf(makeWorld(size));
  const flags = Object.entries(size).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-bench-'));
  const standin = await startStandinProcess([...flags, '--speed', '0']);
  try {
    const home = join(folder, 'home');
    mkdirSync(home);
    const get = (list: string): Promise<ProgramRun> =>
      runProgram(
        ['get', `user:${works.username}`, '--output', join(folder, 'out'), '--export-list', join(folder, list), '--api-url', standin.apiUrl, '--rate', '60000'], // prettier-ignore
        home,
        [0, 3],
      );
    const first = await get('first.urls');
    const second = await get('second.urls');
    return [resultOfFirst(works, first), resultOfSecond(first, second)];
  } finally {
    await standin.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Works {
  readonly username: string;
  readonly models: number;
  readonly images: number;
  /** Fewest pages that hold all that the lists show of them. */
  readonly pages: number;
}

function worksOf(world: World): Works {
  const creator = world.creators().find(({ username, system }) => username !== null && !system);
  if (creator?.username === undefined || creator.username === null) throw new Error('Nobody made anything.');
  const own = world.modelsOf(creator.id);
  const wide = own.filter((model) => listed(model, { nsfw: true, archived: true }));
  const plain = own.filter((model) => listed(model, { nsfw: false, archived: true }));
  const { feed, startedAt } = world;
  const shown = feed.ofCreator(creator.id, startedAt).filter((index) => feed.levelAt(index) > 0);
  const images = shown.filter((index) => !feed.at(index).minor && !feed.at(index).poi).length;
  const pages =
    Math.ceil(wide.length / MODELS_A_PAGE) +
    Math.ceil(plain.length / MODELS_A_PAGE) +
    Math.ceil(images / IMAGES_A_PAGE);
  return { username: creator.username, models: new Set([...wide, ...plain]).size, images, pages };
}

function resultOfFirst({ models, images, pages }: Works, { report, ms, peakBytes }: ProgramRun): BenchResult {
  const { total } = report.requests;
  const ratio = total / pages;
  return {
    name: `get of a creator of ${models} models and ${images} images: requests, the first time`,
    target: '<= 1.1',
    figure: Math.round(ratio * 1000) / 1000,
    unit: 'x fewest pages',
    pass: ratio <= 1.1 && report.counts['wanted'] !== undefined && report.counts['wanted'] >= images,
    detail: `${total} (${asked(report)}) against ${pages} pages; ${(ms / 1000).toFixed(1)} s, ${Math.round(peakBytes / 1024 / 1024)} MiB`,
  };
}

function resultOfSecond(first: ProgramRun, { report, ms }: ProgramRun): BenchResult {
  const { total } = report.requests;
  return {
    name: 'requests of the same get again, nothing new',
    target: '<= 8',
    figure: total,
    unit: 'requests',
    pass: total <= 8 && report.counts['wanted'] === first.report.counts['wanted'],
    detail: `${asked(report)}; ${report.counts['wanted']} wanted as before; ${(ms / 1000).toFixed(1)} s`,
  };
}

function asked({ requests }: ProgramRun['report']): string {
  return Object.entries(requests.byEndpoint)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

if (import.meta.main) {
  const [models, images] = process.argv.slice(2).map(Number);
  printResults(await run({ ...(models ? { models } : {}), ...(images ? { images } : {}) }));
}
