/**
 * The main job on 10,000 files, 1,000 of them unknown to the site: requests, peak memory, and an unchanged second run as
 * a whole process against a bare script that walks and lstats the same tree. Alone: `node bench/scan.ts [files] [rounds]`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBenchLibrary } from '../standin/library/bench-library.ts';
import { makeWorld } from '../standin/world/world.ts';
import { writeBareWalk } from './bare-walk.ts';
import { requireBuild, runProgram, timeScript, type ProgramRun } from './program.ts';
import { timeRebuild } from './rebuild.ts';
import { median, printResults, type BenchResult } from './result.ts';
import { startStandinProcess } from './standin.ts';

const MIB = 1024 * 1024;
const SEED = 5;
/** Pictures of 20 kB: what they hold is measured elsewhere. */
const PICTURE_BYTES = 20_000;

export interface ScanBenchOptions {
  readonly files?: number;
  /** Second runs. */
  readonly rounds?: number;
}

/** Scans twice without previews, then once more with them on a fresh catalog, for the memory that pictures take. */
export async function run({ files = 10_000, rounds = 7 }: ScanBenchOptions = {}): Promise<BenchResult[]> {
  requireBuild();
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-bench-'));
  const flags = [
    '--models',
    String(files),
    '--seed',
    String(SEED),
    '--no-cache',
    '--pictures',
    String(PICTURE_BYTES),
  ];
  const standin = await startStandinProcess(flags);
  try {
    const library = join(folder, 'models');
    await makeLibrary(library, files);
    const scan = async (home: string, ...more: string[]): Promise<ProgramRun> => {
      mkdirSync(join(folder, home), { recursive: true });
      const args = ['scan', library, '--api-url', standin.apiUrl, '--rate', '60000', ...more];
      return await runProgram(args, join(folder, home));
    };
    const bareWalk = writeBareWalk(folder);
    const first = await scan('home', '--images', 'none');
    const seconds: ProgramRun[] = [];
    const bare: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await timeScript(bareWalk, [library]));
      seconds.push(await scan('home', '--images', 'none'));
    }
    // The first changes all: the paths of the pages are made more simply here than in a scan.
    await timeRebuild(join(folder, 'home'), library, 1);
    const rebuild = await timeRebuild(join(folder, 'home'), library, rounds);
    const pictured = await scan('other-home');
    return [
      requests(first, seconds),
      rescan(seconds, bare, first),
      gallery(rebuild, bare, files),
      memory('without previews', first),
      memory('with previews', pictured),
    ];
  } finally {
    await standin.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeLibrary(folder: string, files: number): Promise<void> {
  const world = makeWorld({ models: files, seed: SEED });
  await makeBenchLibrary(world, folder, { files, unknown: Math.round(files / 10) });
}

function requests(first: ProgramRun, seconds: readonly ProgramRun[]): BenchResult {
  const { total, byEndpoint } = first.report.requests;
  const again = Math.max(...seconds.map((one) => one.report.requests.total));
  const { files = 0, missing = 0 } = first.report.counts;
  const ends = Object.entries(byEndpoint).map(([name, count]) => `${name} ${count}`);
  return {
    name: `requests for ${files} unknown files, ${missing} of them unknown to the site`,
    target: '<= 230, then 0',
    figure: total,
    unit: 'requests',
    pass: total <= 230 && again === 0 && first.report.counts['unchecked'] === 0,
    detail: `second run ${again}; ${ends.join(', ')}`,
  };
}

function rescan(seconds: readonly ProgramRun[], bare: readonly number[], first: ProgramRun): BenchResult {
  const ratio = median(seconds.map((one, round) => one.ms / (bare[round] ?? Number.NaN)));
  const ms = (values: readonly number[]): string => `${median(values).toFixed(0)} ms`;
  const hashed = Math.max(...seconds.map((one) => one.report.counts['hash_bytes'] ?? Number.NaN));
  const models = first.report.counts['hash_bytes'] ?? 0;
  const read = seconds[0]?.readBytes;
  // All it reads is its own code and its catalog: less than the smallest part of the models.
  const isLittle = read === undefined || read < models / 2;
  return {
    name: `unchanged rescan of ${first.report.counts['files'] ?? 0} files, whole process`,
    target: '<= 3, 0 bytes of models read',
    figure: Math.round(ratio * 100) / 100,
    unit: 'x bare walk',
    pass: ratio <= 3 && hashed === 0 && isLittle,
    detail: `${ms(seconds.map((one) => one.ms))} against ${ms(bare)}, median of ${bare.length}; ${hashed} bytes of models hashed, ${mib(read ?? 0)} read in all, models have ${mib(models)}`,
  };
}

function gallery(ms: number, bare: readonly number[], files: number): BenchResult {
  return {
    name: `gallery of ${files} models: rebuild after one change, through catalog and disk`,
    target: '<= 1000',
    figure: Math.round(ms),
    unit: 'ms',
    pass: ms <= 1000,
    detail: `median; a bare walk of the library takes ${median(bare).toFixed(0)} ms`,
  };
}

function memory(name: string, { peakBytes, report, ms }: ProgramRun): BenchResult {
  const figure = Math.round(peakBytes / MIB);
  return {
    name: `peak memory, first scan of ${report.counts['files'] ?? 0} files, ${name}`,
    target: '<= 250 MiB',
    figure,
    unit: 'MiB',
    pass: figure <= 250,
    detail: `took ${(ms / 1000).toFixed(0)} s, ${report.counts['previews'] ?? 0} previews`,
  };
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(0)} MiB`;
}

if (import.meta.main) {
  const [files, rounds] = process.argv.slice(2).map(Number);
  printResults(await run({ ...(files ? { files } : {}), ...(rounds ? { rounds } : {}) }));
}
