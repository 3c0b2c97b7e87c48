import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** What the program says with `--json`, as far as benchmarks look at it. */
interface Report {
  readonly ok: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly requests: { readonly total: number; readonly byEndpoint: Readonly<Record<string, number>> };
}

/** One run of the program as it is installed. */
export interface ProgramRun {
  readonly report: Report;
  /** Of the whole process. */
  readonly ms: number;
  /** Most memory resident at once, bytes. */
  readonly peakBytes: number;
  /** Bytes that the process asked the system to read, its own code and the catalog among them; `undefined` where the system does not tell. */
  readonly readBytes: number | undefined;
}

/**
 * Runs `civitarium` out of `dist/` with `--json`, its catalog and all else below `home`. Throws when it does not end well:
 * with 0, or 3 where some things are meant to be refused.
 */
export async function runProgram(
  args: readonly string[],
  home: string,
  endsWell: readonly number[] = [0],
): Promise<ProgramRun> {
  const note = join(home, `told-${process.pid}.json`);
  const begun = performance.now();
  const { output, code } = await runNode(
    [
      '--import',
      join(import.meta.dirname, 'tell-usage.js'),
      join(ROOT, 'bin/civitarium.js'),
      ...args,
      '--json',
    ],
    { ...placesIn(home), CIVITARIUM_BUILT: '1', CIVITARIUM_BENCH_NOTE: note },
  );
  const ms = performance.now() - begun;
  if (code === null || !endsWell.includes(code))
    throw new Error(`civitarium ${args[0] ?? ''} ended with ${code}: ${output.slice(-2000)}`);
  const told = JSON.parse(readFileSync(note, 'utf8')) as { peakBytes: number; readBytes?: number };
  rmSync(note);
  const report = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Report;
  return { report, ms, peakBytes: told.peakBytes, readBytes: told.readBytes };
}

/** Milliseconds that a script takes as a whole process. */
export async function timeScript(script: string, args: readonly string[]): Promise<number> {
  const begun = performance.now();
  const { output, code } = await runNode([script, ...args], {});
  if (code !== 0) throw new Error(output);
  return performance.now() - begun;
}

/** Throws a sentence when there is no `dist/`. */
export function requireBuild(): void {
  if (!existsSync(join(ROOT, 'dist/src/main.js')))
    throw new Error('There is no dist/: npm run build comes first.');
}

function placesIn(home: string): Record<string, string> {
  const names = ['DATA', 'STATE', 'CACHE', 'CONFIG'];
  return Object.fromEntries(names.map((name) => [`XDG_${name}_HOME`, join(home, name.toLowerCase())]));
}

async function runNode(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ output: string; code: number | null }> {
  const {
    CIVITARIUM_CONFIG: _config,
    CIVITARIUM_CATALOG: _catalog,
    CIVITAI_API_KEY: _key,
    ...own
  } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...own, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (output += piece));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { output, code };
}
