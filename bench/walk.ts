/**
 * The walk of an unchanged library as a whole process, against a bare Node script that walks and lstats the same tree.
 * Alone: `node bench/walk.ts [models] [rounds]`. This is the walk alone: what the scan adds has its own benchmark.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBareWalk } from './bare-walk.ts';
import { median, printResults, type BenchResult } from './result.ts';

const OURS = `
import { walk } from ${JSON.stringify(new URL('../src/library/walk.ts', import.meta.url).href)};
const found = await walk(process.argv[2], { extensions: ['.safetensors'] });
console.log(found.files.length, found.digest);
`;

export interface WalkBenchOptions {
  readonly models?: number;
  readonly rounds?: number;
}

/** Makes a tree with three files beside each model, and measures both walks in turns. */
export async function run({ models = 10_000, rounds = 7 }: WalkBenchOptions = {}): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-bench-'));
  try {
    const tree = join(folder, 'tree');
    makeTree(tree, models);
    const bareWalk = writeBareWalk(folder);
    writeFileSync(join(folder, 'ours.mjs'), OURS);
    const bare: number[] = [];
    const ours: number[] = [];
    for (let round = 0; round < rounds; round++) {
      bare.push(timed(bareWalk, tree));
      ours.push(timed(join(folder, 'ours.mjs'), tree));
    }
    const ratio = median(ours.map((ms, round) => ms / (bare[round] ?? Number.NaN)));
    return [
      {
        name: `walk of ${models} models, whole process`,
        target: '<= 3',
        figure: Math.round(ratio * 100) / 100,
        unit: 'x bare walk',
        pass: ratio <= 3,
        detail: `${median(ours).toFixed(0)} ms against ${median(bare).toFixed(0)} ms, median of ${rounds}`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeTree(root: string, models: number): void {
  for (let index = 0; index < models; index++) {
    const folder = join(root, `folder ${Math.floor(index / 100)}`);
    if (index % 100 === 0) mkdirSync(folder, { recursive: true });
    for (const ext of ['.safetensors', '.civitai.info', '.preview.png', '.html']) {
      writeFileSync(join(folder, `Some model name ${index} v1.0${ext}`), 'x');
    }
  }
}

function timed(script: string, tree: string): number {
  const start = performance.now();
  const child = spawnSync(process.execPath, [script, tree], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return performance.now() - start;
}

if (import.meta.main) {
  const [models, rounds] = process.argv.slice(2).map(Number);
  printResults(await run({ ...(models ? { models } : {}), ...(rounds ? { rounds } : {}) }));
}
