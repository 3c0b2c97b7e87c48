/**
 * `update` of 10,000 known models of which nothing changed: what it asks and what it writes. And 300 models identified and
 * described, against the pattern of a tool that asks for each by itself. Alone: `node bench/update.ts [models]`.
 */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBenchLibrary } from '../standin/library/bench-library.ts';
import { makeWorld } from '../standin/world/world.ts';
import { requireBuild, runProgram, type ProgramRun } from './program.ts';
import { printResults, type BenchResult } from './result.ts';
import { startStandinProcess } from './standin.ts';

const SEED = 7;
/** The endpoint of lists of models, as the program calls it. */
const LISTS = 'models?ids';

export interface UpdateBenchOptions {
  readonly models?: number;
  /** Models of the library that is asked for in two ways. */
  readonly few?: number;
}

export async function run({ models = 10_000, few = 300 }: UpdateBenchOptions = {}): Promise<BenchResult[]> {
  requireBuild();
  return [...(await unchanged(models)), await against(few)];
}

interface Site {
  readonly folder: string;
  readonly library: string;
  readonly apiUrl: string;
  program(...args: readonly string[]): Promise<ProgramRun>;
}

/** A library of that many files, each of another model as far as the world has so many, and a site that knows them all. */
async function withLibrary<T>(files: number, work: (site: Site) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-bench-'));
  // Some models of a world can't be found by a hash.
  const models = Math.round(files * 1.2);
  const flags = ['--models', String(models), '--seed', String(SEED), '--no-cache'];
  const standin = await startStandinProcess(flags);
  try {
    const library = join(folder, 'models');
    const home = join(folder, 'home');
    mkdirSync(home);
    await makeBenchLibrary(makeWorld({ models, seed: SEED }), library, { files, unknown: 0 });
    const { apiUrl } = standin;
    const program = (...args: readonly string[]): Promise<ProgramRun> =>
      runProgram([...args, '--api-url', apiUrl, '--rate', '60000'], home);
    return await work({ folder, library, apiUrl, program });
  } finally {
    await standin.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function unchanged(models: number): Promise<BenchResult[]> {
  return await withLibrary(models, async ({ library, program }) => {
    const scan = await program('scan', library, '--images', 'none');
    const before = stamps(library);
    const { report, ms, peakBytes } = await program('update', '--images', 'none');
    const written = differing(before, stamps(library));
    const { checked = 0, same, unchecked, changed } = report.counts;
    const lists = report.requests.byEndpoint[LISTS] ?? Number.NaN;
    const asked = Object.entries(report.requests.byEndpoint).map(([name, count]) => `${name} ${count}`);
    return [
      {
        name: `update of ${checked} known models, nothing changed: requests for what lists show`,
        target: '<= 105',
        figure: lists,
        unit: 'requests',
        pass: lists <= 105 && changed === 0 && checked >= models * 0.99,
        detail: `${asked.join(', ')}; ${same} as before, ${unchecked} in no list; ${(ms / 1000).toFixed(1)} s, ${Math.round(peakBytes / 1024 / 1024)} MiB, the scan before it ${scan.report.requests.total} requests`,
      },
      {
        name: 'files that such an update writes',
        target: '0',
        figure: written,
        unit: 'files',
        pass: written === 0 && before.size > models,
        detail: `${before.size} files and folders by inode, size, time of content and of state`,
      },
    ];
  });
}

/** Every file and folder with what tells a rewritten one from an old one. */
function stamps(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { ino, size, mtimeNs, ctimeNs } = lstatSync(path, { bigint: true });
      return [path, `${ino} ${size} ${mtimeNs} ${ctimeNs}`];
    }),
  );
}

function differing(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): number {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).length;
}

/** What counts: API requests until every model is identified and described; previews come from elsewhere, one each, for both. */
async function against(few: number): Promise<BenchResult> {
  return await withLibrary(few, async ({ library, apiUrl, program }) => {
    const simple = await oneByOne(library, apiUrl);
    const { report } = await program('scan', library, '--images', 'none');
    const { total, byEndpoint } = report.requests;
    const asked = Object.entries(byEndpoint).map(([name, count]) => `${name} ${count}`);
    const ratio = simple.requests / total;
    return {
      name: `requests to identify and describe ${few} models, previews apart`,
      target: '<= 1/40',
      figure: Math.round((1000 * total) / simple.requests) / 1000,
      unit: 'x asking for each by itself',
      pass: ratio >= 40 && report.counts['identified'] === simple.described,
      detail: `${total} (${asked.join(', ')}) against ${simple.requests}, which is ${ratio.toFixed(1)} times as many; both identified ${simple.described}`,
    };
  });
}

/** The seed's pattern: the hash of each file, then the model of what it is. */
async function oneByOne(
  folder: string,
  apiUrl: string,
): Promise<{ readonly requests: number; readonly described: number }> {
  let requests = 0;
  let described = 0;
  const ask = async (path: string): Promise<Record<string, unknown> | undefined> => {
    requests += 1;
    const answer = await fetch(`${apiUrl}/${path}`);
    return answer.ok ? ((await answer.json()) as Record<string, unknown>) : undefined;
  };
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    const version = await ask(`model-versions/by-hash/${createHash('sha256').update(bytes).digest('hex')}`);
    if (version === undefined) continue;
    described += 1;
    await ask(`models/${Number(version['modelId'])}`);
  }
  return { requests, described };
}

if (import.meta.main) {
  const [models] = process.argv.slice(2).map(Number);
  printResults(await run(models ? { models } : {}));
}
