/**
 * Organising a library by template: taking the steps with the journal on, against the bare folders and renames of the
 * same plan on an equal tree; and the plan alone, as a whole process. Alone: `node bench/organise.ts [models] [rounds]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { executeSteps } from '../src/archive/organise/execute.ts';
import { gatherFiles } from '../src/archive/organise/gather.ts';
import { journalRoots } from '../src/archive/organise/journal-roots.ts';
import { planDisk } from '../src/archive/organise/plan-disk.ts';
import { planOrganise } from '../src/archive/organise/plan.ts';
import { stepsFor } from '../src/archive/organise/steps.ts';
import { templateOf } from '../src/archive/organise/templates.ts';
import { takeStock, walkRoot, walkTarget } from '../src/archive/take-stock.ts';
import { systemClock } from '../src/base/clock.ts';
import { ensureBlobs } from '../src/catalog/blob.ts';
import { setBlob } from '../src/catalog/file.ts';
import { ensureHost } from '../src/catalog/host.ts';
import { planSteps } from '../src/catalog/journal.ts';
import type { PlannedStep } from '../src/catalog/journal.ts';
import { openCatalog } from '../src/catalog/open.ts';
import type { Catalog } from '../src/catalog/open.ts';
import { startRun } from '../src/catalog/run.ts';
import { upsert } from '../src/catalog/upsert.ts';
import { median, printResults } from './result.ts';
import type { BenchResult } from './result.ts';

const PROGRAM = fileURLToPath(new URL('../bin/civitarium.js', import.meta.url));
const HOST = '00000000-0000-4000-8000-000000000000';
const TYPES = ['LORA', 'Checkpoint', 'TextualInversion', 'VAE'];
const BASE_MODELS = ['SD 1.5', 'SDXL 1.0', 'Pony', 'Illustrious', 'Flux.1 D', 'NoobAI'];

export interface OrganiseBenchOptions {
  readonly models?: number;
  readonly rounds?: number;
}

/** Organises equal libraries in turns, bare and ours, and plans one of them. */
export async function run({ models = 10_000, rounds = 7 }: OrganiseBenchOptions = {}): Promise<
  BenchResult[]
> {
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-bench-'));
  try {
    const ours: number[] = [];
    const bare: number[] = [];
    const plans: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const root = join(folder, `models ${round}`);
      makeTree(root, models);
      const catalogFile = join(folder, `catalog ${round}.db`);
      const filled = await openCatalog(catalogFile, { clock: systemClock });
      await fillCatalog(filled, root);
      await filled.close();
      // As a command finds it: what the scan left in the log is in the file.
      const catalog = await openCatalog(catalogFile, { clock: systemClock });
      if (round < 3) plans.push(timePlan(folder, root, catalogFile));
      const steps = await stepsOf(catalog, root);
      // Once on the one tree and back, so that both find the same folders in the cache.
      bare.push(timeBare(steps));
      takeBack(steps);
      ours.push(await timeOurs(catalog, steps));
      await catalog.close();
      rmSync(root, { recursive: true });
    }
    // The best of each: whatever else the machine does only ever adds.
    const [bareMs, oursMs] = [Math.min(...bare), Math.min(...ours)];
    const ratio = oursMs / bareMs;
    const planMs = median(plans);
    return [
      {
        name: `organise ${models} files, journal on`,
        target: '<= 3',
        figure: Math.round(ratio * 100) / 100,
        unit: 'x bare renames and mkdirs',
        pass: ratio <= 3,
        detail: `${oursMs.toFixed(0)} ms against ${bareMs.toFixed(0)} ms, best of ${rounds}`,
      },
      {
        name: `plan for ${models} files (--dry-run)`,
        target: '<= 2',
        figure: Math.round(planMs) / 1000,
        unit: 's',
        pass: planMs <= 2000,
        detail: `whole process, median of ${plans.length}`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeTree(root: string, models: number): void {
  for (let index = 0; index < models; index += 1) {
    const folder = join(root, `folder ${Math.floor(index / 100)}`);
    if (index % 100 === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `Some model name ${index} v1.0.safetensors`), String(index));
  }
}

/** A catalog as a scan of the tree would leave it, as far as organising asks. */
async function fillCatalog(catalog: Catalog, root: string): Promise<void> {
  await ensureHost(catalog, HOST, HOST, 1);
  const target = { root, only: undefined };
  const walk = await walkTarget(target, { signal: AbortSignal.timeout(60_000) });
  const stock = await takeStock(catalog, await walkRoot(catalog, HOST, target, walk, 1), 1);
  const shas = stock.files.map((file) => file.fileId.toString(16).padStart(64, '0'));
  const blobs = await ensureBlobs(
    catalog,
    shas.map((sha256, index) => ({ sha256, size: stock.files[index]?.walked.size ?? 0 })),
    1,
  );
  const ids = [...blobs.values()];
  await setBlob(
    catalog,
    stock.files.map(({ fileId }, index) => ({ fileId, blobId: ids[index] ?? 0, origin: 'read', at: 1 })),
  );
  await catalog.write(async (trx) => {
    const at = { first_seen_at: 1, seen_at: 1 };
    await upsert(
      trx,
      'model',
      stock.files.map(({ fileId: id }) => ({
        id,
        name: `Model ${id}`,
        type: TYPES[id % TYPES.length] ?? '',
        nsfw: 0,
        nsfw_level: 1,
        poi: 0,
        minor: 0,
        ...at,
      })),
      { key: ['id'] },
    );
    await upsert(
      trx,
      'version',
      stock.files.map(({ fileId: id }) => ({
        id,
        model_id: id,
        name: 'v1',
        base_model: BASE_MODELS[id % BASE_MODELS.length] ?? '',
        trained_words: '[]',
        nsfw_level: 1,
        ...at,
      })),
      { key: ['id'] },
    );
    await upsert(
      trx,
      'choice',
      stock.files.map(({ fileId }) => ({
        file_id: fileId,
        version_id: fileId,
        civitai_file_id: 1,
        pinned: 0,
        reason: 'only',
        chosen_at: 1,
      })),
      { key: ['file_id'] },
    );
  });
}

async function stepsOf(catalog: Catalog, path: string): Promise<PlannedStep[]> {
  const root = await catalog.db
    .selectFrom('root')
    .selectAll()
    .where('path', '=', path)
    .executeTakeFirstOrThrow();
  const signal = AbortSignal.timeout(60_000);
  const walk = await walkTarget({ root: path, only: undefined }, { signal });
  const output = { path: join(path, 'organized'), isApart: true };
  const { files, hashes } = await gatherFiles(catalog.db, {
    root,
    walk,
    outputOf: () => output,
    keepLinks: true,
  });
  const plan = await planOrganise(
    files,
    { template: templateOf('by_type_and_basemodel'), mode: 'move', onCollision: 'skip' },
    planDisk(hashes, signal),
  );
  return stepsFor(plan.groups, 'move', () => root.id);
}

function timeBare(steps: readonly PlannedStep[]): number {
  const begun = performance.now();
  for (const { op, source, target } of steps) {
    if (op === 'mkdir') mkdirSync(target);
    else renameSync(source, target);
  }
  return performance.now() - begun;
}

function takeBack(steps: readonly PlannedStep[]): void {
  for (const { op, source, target } of steps) if (op !== 'mkdir') renameSync(target, source);
  for (const { op, target } of steps) if (op === 'mkdir') rmSync(target, { recursive: true, force: true });
}

/** From the plan to the last row of the catalog. */
async function timeOurs(catalog: Catalog, steps: readonly PlannedStep[]): Promise<number> {
  const runId = await startRun(catalog, { verb: 'organize', hostId: HOST, pid: process.pid, options: {} }, 1);
  const begun = performance.now();
  const recorded = await catalog.write((trx) => planSteps(trx, catalog.engine, runId, steps), {
    durable: true,
  });
  const roots = await journalRoots(catalog.db, HOST);
  const done = await executeSteps(recorded, {
    catalog,
    roots,
    now: () => 2,
    signal: AbortSignal.timeout(600_000),
    resuming: false,
  });
  const ms = performance.now() - begun;
  const wanted = steps.filter((step) => step.role === 'model').length;
  if (done.done !== wanted)
    throw new Error(
      `Only ${done.done} of ${wanted} files were moved: ${done.failures[0]?.error.message ?? ''}`,
    );
  return ms;
}

function timePlan(folder: string, root: string, catalog: string): number {
  const state = join(folder, 'state');
  mkdirSync(join(state, 'civitarium'), { recursive: true });
  writeFileSync(join(state, 'civitarium', 'host-id'), `${HOST}\n`);
  const begun = performance.now();
  const child = spawnSync(
    process.execPath,
    [PROGRAM, 'organize', root, '--dry-run', '--json', '--catalog', catalog],
    {
      encoding: 'utf8',
      cwd: dirname(PROGRAM),
      env: {
        ...process.env,
        XDG_STATE_HOME: state,
        XDG_CONFIG_HOME: folder,
        XDG_DATA_HOME: folder,
        XDG_CACHE_HOME: folder,
      },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const ms = performance.now() - begun;
  if (child.status !== 0) throw new Error(child.stderr);
  return ms;
}

if (import.meta.main) {
  const [models, rounds] = process.argv.slice(2).map(Number);
  printResults(await run({ ...(models ? { models } : {}), ...(rounds ? { rounds } : {}) }));
}
