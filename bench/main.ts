/**
 * Runs the benchmarks, all or those named: `npm run bench -- scan previews`. Prints a table, writes
 * `bench/results/latest.json`, and ends with 1 when a target is missed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { BenchResult } from './result.ts';

const BENCHES: Readonly<Record<string, () => Promise<BenchResult[]>>> = {
  scan: async () => (await import('./scan.ts')).run(),
  hashing: async () => (await import('./hashing.ts')).run(),
  walk: async () => (await import('./walk.ts')).run(),
  previews: async () => (await import('./previews.ts')).run(),
  gallery: async () => (await import('./gallery.ts')).run(),
  organise: async () => (await import('./organise.ts')).run(),
  duplicates: async () => (await import('./duplicates.ts')).run(),
  update: async () => (await import('./update.ts')).run(),
  prompts: async () => (await import('./prompts.ts')).run(),
  creator: async () => (await import('./creator.ts')).run(),
  originals: async () => (await import('./originals.ts')).run(),
  transfer: async () => (await import('./transfer.ts')).run(),
};

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0) {
    process.stderr.write(
      `There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}.\n`,
    );
    return 1;
  }
  const results: BenchResult[] = [];
  for (const [name, run] of Object.entries(BENCHES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    process.stderr.write(`${name} …\n`);
    results.push(...(await runOne(name, run)));
  }
  process.stdout.write(table(results));
  writeResults(results);
  return results.every((result) => result.pass) ? 0 : 1;
}

/** A benchmark that can't run is a missed target, and no reason to leave the others out. */
async function runOne(name: string, run: () => Promise<BenchResult[]>): Promise<BenchResult[]> {
  try {
    return await run();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [{ name, target: 'to run', figure: Number.NaN, unit: '', pass: false, detail }];
  }
}

function table(results: readonly BenchResult[]): string {
  const rows = [
    ['benchmark', 'target', 'figure', 'verdict'],
    ...results.map(({ name, target, figure, unit, pass }) => [
      name,
      target,
      Number.isNaN(figure) ? '-' : `${round(figure)} ${unit}`,
      pass ? 'met' : 'MISSED',
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const details = results.map(({ name, detail }) => `${name}: ${stripVTControlCharacters(detail)}`);
  return `\n${lines.join('\n')}\n\n${details.join('\n')}\n`;
}

function round(figure: number): number {
  return figure >= 100 ? Math.round(figure) : Math.round(figure * 100) / 100;
}

function writeResults(results: readonly BenchResult[]): void {
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown',
    threads: availableParallelism(),
    memory_bytes: totalmem(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
  const text = JSON.stringify({ at: new Date().toISOString(), machine, results }, undefined, 2);
  writeFileSync(join(folder, 'latest.json'), `${text}\n`);
}

process.exitCode = await main(process.argv.slice(2));
