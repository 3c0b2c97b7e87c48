/**
 * One large file over loopback, hashed, proven and placed, against `curl -o` followed by `openssl dgst -sha256`. The server
 * is a process of its own. Alone: `node bench/transfer.ts [MiB] [rounds]`; `CIVITARIUM_BENCH_MIB` says the size too.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchTransfer } from '../src/archive/download/fetch-transfer.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { ensureHost } from '../src/catalog/host.ts';
import { openCatalog } from '../src/catalog/open.ts';
import { queueTransfers } from '../src/catalog/transfer.ts';
import { boundsOf } from '../src/library/inside.ts';
import { openNet } from '../src/net/stack.ts';
import { median, printResults, type BenchResult } from './result.ts';

const TARGET = 0.8;
const MIB = 1 << 20;

export interface TransferBenchOptions {
  readonly mib?: number;
  readonly rounds?: number;
}

/** Fetches the same file by turns with curl and openssl and with ours, each into a new folder. */
export async function run(options: TransferBenchOptions = {}): Promise<BenchResult[]> {
  const mib = options.mib ?? Number(process.env['CIVITARIUM_BENCH_MIB'] ?? 2048);
  const rounds = options.rounds ?? 3;
  for (const tool of ['curl', 'openssl'])
    if (spawnSync(tool, ['version']).error !== undefined) throw new Error(`The baseline needs ${tool}.`);
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-bench-'));
  const { origin, child } = await startServer(mib * MIB);
  try {
    const pairs: { readonly theirs: number; readonly ours: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const theirs = await inFolder(folder, async (to) => await Promise.resolve(withTheirs(origin, to)));
      const ours = await inFolder(folder, (to) => withOurs(origin, to, mib * MIB, theirs.sha256));
      pairs.push({ theirs: theirs.ms, ours });
    }
    const ratio = median(pairs.map((pair) => pair.theirs / pair.ours));
    const rate = (ms: number): string => `${((mib * MIB) / ms / 1000).toFixed(0)} MB/s`;
    return [
      {
        name: `transfer: one file of ${mib} MiB, hashed, proven and placed`,
        target: `>= ${TARGET}`,
        figure: Math.round(ratio * 100) / 100,
        unit: 'x curl, then openssl',
        pass: ratio >= TARGET,
        detail: `${rate(median(pairs.map((pair) => pair.ours)))} synced and recorded against ${rate(median(pairs.map((pair) => pair.theirs)))} written and then read again, median of ${rounds} rounds`,
      },
    ];
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startServer(bytes: number): Promise<{ origin: string; child: ChildProcess }> {
  const script = join(import.meta.dirname, 'large-file-server.ts');
  const child = spawn(process.execPath, [script, String(bytes)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const origin = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}.`)));
  });
  return { origin, child };
}

async function inFolder<T>(folder: string, work: (to: string) => Promise<T>): Promise<T> {
  const to = mkdtempSync(join(folder, 'run-'));
  const result = await work(to);
  rmSync(to, { recursive: true });
  spawnSync('sync');
  return result;
}

function withTheirs(origin: string, folder: string): { ms: number; sha256: string } {
  const path = join(folder, 'file.bin');
  const begun = performance.now();
  const curl = spawnSync('curl', ['-sfL', '-o', path, `${origin}/api/download/models/1`]);
  const digest = spawnSync('openssl', ['dgst', '-sha256', '-r', path], { encoding: 'utf8' });
  const ms = performance.now() - begun;
  if (curl.status !== 0 || digest.status !== 0) throw new Error('The baseline failed.');
  return { ms, sha256: digest.stdout.slice(0, 64) };
}

async function withOurs(origin: string, folder: string, size: number, sha256: string): Promise<number> {
  const output = join(folder, 'out');
  mkdirSync(output);
  const now = (): number => systemClock.now();
  const catalog = await openCatalog(join(folder, 'catalog.db'), { clock: systemClock });
  await ensureHost(catalog, 'bench', 'bench', 0);
  const { signal } = new AbortController();
  const net = openNet({
    apiUrl: `${origin}/api/v1`,
    stateFile: join(folder, 'net.db'),
    clock: systemClock,
    chance: Math.random,
    log: silentLog,
    signal,
  });
  const path = join(output, 'file.bin');
  const source = `${origin}/api/download/models/1`;
  try {
    const wish = { kind: 'file', subject: '1', output, path, source, modelId: 1, versionId: 1, size, sha256 };
    const begun = performance.now();
    const [row] = await queueTransfers(catalog, 'bench', [wish], now());
    if (row === undefined) throw new Error('Nothing was queued.');
    const done = await fetchTransfer(row, {
      catalog,
      hostId: 'bench',
      send: net.send,
      hasKey: false,
      signal,
      bounds: boundsOf(output),
      throttle: undefined,
      clock: systemClock,
      downloader: undefined,
      onBytes: () => undefined,
    });
    const ms = performance.now() - begun;
    if (!done.verified || statSync(path).size !== size) throw new Error('The file is not what was promised.');
    return ms;
  } finally {
    await net.close();
    await catalog.close();
  }
}

if (import.meta.main) {
  const [mib, rounds] = process.argv.slice(2).map(Number);
  printResults(await run({ ...(mib ? { mib } : {}), ...(rounds ? { rounds } : {}) }));
}
