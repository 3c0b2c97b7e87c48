/**
 * Hashing against `openssl dgst -sha256` over the same files, warm page cache, as many processes as we use threads.
 * Alone: `node bench/hashing.ts [GiB] [rounds]`.
 */
import { spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHasher, type HashKind } from '../src/library/hash.ts';
import { median, printResults, type BenchResult } from './result.ts';

const FILES = 16;
const MIB = 1024 * 1024;

export interface HashingOptions {
  /** Of all files together. */
  readonly gib?: number;
  readonly rounds?: number;
}

/** Measures both targets; the files are made in the temporary folder and removed. */
export async function run({ gib = 4, rounds = 3 }: HashingOptions = {}): Promise<BenchResult[]> {
  const threads = availableParallelism();
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-bench-'));
  const bytes = Math.round((gib * 1024) / FILES) * MIB;
  try {
    const files = Array.from({ length: FILES }, (_, index) => makeFile(join(folder, `${index}.bin`), bytes));
    const plain: Pair[] = [];
    const all: Pair[] = [];
    for (const file of files) readAll(file);
    const pair = async (kinds: readonly HashKind[]): Promise<Pair> => ({
      base: await timed(() => openssl(files, threads)),
      ours: await timed(() => ours(files, threads, kinds)),
    });
    for (let round = 0; round < rounds; round++) {
      plain.push(await pair([]));
      all.push(await pair(['CRC32', 'BLAKE3']));
    }
    const total = bytes * FILES;
    return [
      verdict('hashing: SHA-256', 0.95, plain, total),
      verdict('hashing: SHA-256, BLAKE3, CRC32', 0.65, all, total),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Seconds of the baseline and of ours right after it, so that a busy machine slows both. */
interface Pair {
  readonly base: number;
  readonly ours: number;
}

function verdict(name: string, least: number, pairs: readonly Pair[], bytes: number): BenchResult {
  const ratio = median(pairs.map((pair) => pair.base / pair.ours));
  const ours = rate(bytes, median(pairs.map((pair) => pair.ours)));
  const base = rate(bytes, median(pairs.map((pair) => pair.base)));
  return {
    name,
    target: `>= ${least}`,
    figure: Math.round(ratio * 1000) / 1000,
    unit: 'x openssl',
    pass: ratio >= least,
    detail: `${ours} against ${base}, ${availableParallelism()} threads, median of ${pairs.length} rounds`,
  };
}

function makeFile(path: string, bytes: number): string {
  const block = Buffer.alloc(Math.min(bytes, 16 * MIB));
  const fd = openSync(path, 'w');
  for (let done = 0; done < bytes; done += block.length) {
    randomFillSync(block);
    writeSync(fd, block, 0, Math.min(block.length, bytes - done));
  }
  closeSync(fd);
  return path;
}

/** Brings a file into the page cache. */
function readAll(path: string): void {
  const buffer = Buffer.allocUnsafeSlow(MIB);
  const fd = openSync(path, 'r');
  while (readSync(fd, buffer) > 0);
  closeSync(fd);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function openssl(files: readonly string[], processes: number): Promise<void> {
  const lists = Array.from({ length: processes }, (_, own) =>
    files.filter((_file, n) => n % processes === own),
  );
  await Promise.all(
    lists.map(
      (list) =>
        new Promise<void>((resolve, reject) => {
          const child = spawn('openssl', ['dgst', '-sha256', ...list], { stdio: 'ignore' });
          child.on('error', reject);
          child.on('exit', (code) => {
            if (code === 0) resolve();
            else reject(new Error(`openssl ended with ${code}`));
          });
        }),
    ),
  );
}

async function ours(files: readonly string[], threads: number, kinds: readonly HashKind[]): Promise<void> {
  const hasher = openHasher({ threads, kinds });
  await Promise.all(files.map((file) => hasher.hash(file)));
  await hasher.close();
}

function rate(bytes: number, seconds: number): string {
  return `${(bytes / seconds / 1e9).toFixed(2)} GB/s`;
}

if (import.meta.main) {
  const [gib, rounds] = process.argv.slice(2).map(Number);
  printResults(await run({ ...(gib ? { gib } : {}), ...(rounds ? { rounds } : {}) }));
}
