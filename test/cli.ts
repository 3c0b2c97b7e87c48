import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../bin/civitarium.js', import.meta.url));

/** What `--json` printed last. */
export interface JsonResult {
  readonly command: string;
  readonly ok: boolean;
  readonly exit: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly requests: { readonly total: number; readonly byEndpoint: Readonly<Record<string, number>> };
  readonly warnings: readonly string[];
  readonly failures: readonly {
    readonly what: string;
    readonly code: string;
    readonly why: string;
    readonly next?: string;
  }[];
  readonly took_ms: number;
  readonly [more: string]: unknown;
}

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line of stdout, when it is an object. */
  readonly json: JsonResult;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the running process, to signal it. */
  readonly whileRunning?: (child: ReturnType<typeof spawn>) => void;
  readonly timeoutMs?: number;
  /** Runs as this user and group; only root may. */
  readonly uid?: number | undefined;
}

/** A user of their own: folders for catalog, state, cache and config that nobody else uses. */
export interface Home {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs the program as a process. */
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  remove(): void;
}

/** Makes a user with an empty home. */
export function makeHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-home-'));
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    // As bin/civitarium.js would set it by starting over, which thousands of runs need not wait for.
    MALLOC_ARENA_MAX: '1',
  };
  return {
    folder,
    env,
    run: (args, options = {}) =>
      runProgram(args, { ...options, env: { ...env, ...options.env }, cwd: options.cwd ?? folder }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs `civitarium ARGS` with exactly this environment and waits for its end. */
export async function runProgram(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  options.whileRunning?.(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 120_000);
  const { code, signal } = await new Promise<Pick<CliResult, 'code' | 'signal'>>((done, fail) => {
    child.once('error', fail);
    child.once('close', (exit, killed) => done({ code: exit, signal: killed }));
  });
  clearTimeout(timer);
  const text = Buffer.concat(stdout).toString('utf8');
  return { code, signal, stdout: text, stderr: Buffer.concat(stderr).toString('utf8'), json: lastJson(text) };
}

function lastJson(text: string): JsonResult {
  const line = text.trimEnd().split('\n').at(-1) ?? '';
  return (line.startsWith('{') ? JSON.parse(line) : {}) as JsonResult;
}
