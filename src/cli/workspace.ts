import { hostname } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { silentProgress } from '../base/progress.ts';
import type { Progress } from '../base/progress.ts';
import type { Catalog } from '../catalog/open.ts';
import type { CivitaiClient } from '../civitai/client.ts';
import type { ConfigFile } from '../config/schema.ts';
import type { Hasher, HashKind } from '../library/hash.ts';
import type { Net } from '../net/stack.ts';
import { EMPTY_TALLY, type Tally } from '../net/tally.ts';
import type { OnWait } from '../net/wait.ts';
import type { Deps, Settings, Terminal } from '../verbs/deps.ts';
import { VERBS } from '../verbs/list.ts';
import { hostLimits } from './host-limits.ts';
import { readHostId } from './host.ts';
import { openLog } from './log-file.ts';
import { logSettings } from './log-settings.ts';
import { printable } from './printable.ts';
import { textProgress } from './progress-text.ts';
import { tellWaits } from './tell-waits.ts';

/** Everything that is open during one run of the program; made here and nowhere else. */
export interface Workspace extends Deps {
  /** Requests made so far, and what they waited for. */
  requests(): Tally;
  close(): Promise<void>;
}

export interface WorkspaceOptions {
  readonly settings: Settings;
  readonly config: ConfigFile | undefined;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly cwd: string;
  readonly colour: boolean;
}

/** Builds the workspace; catalog, network, hashing threads and the id of this host are made when first asked for. */
export function openWorkspace(options: WorkspaceOptions): Workspace {
  const { settings } = options;
  const log = openLog(logOptions(options));
  const screen: Progress = settings.quiet
    ? silentProgress
    : textProgress(process.stderr, systemClock, {
        colour: options.colour,
        live: process.env['TERM'] !== 'dumb',
      });
  const { progress, tell, close: endTelling } = tellWaits(screen, systemClock);
  const catalog = once(() => openTheCatalog(settings, log));
  let tally: Net['tally'] = () => EMPTY_TALLY;
  const net = once(async () => {
    const opened = await openTheNet(options, log, tell);
    tally = opened.tally;
    return opened;
  });
  const client = once(async () => openTheClient(settings, await net.get(), log));
  const hostId = once(async () => knowHost(settings, catalog.get));
  const hashers: Hasher[] = [];

  return {
    clock: systemClock,
    chance: Math.random,
    log,
    progress,
    signal: options.signal,
    settings,
    terminal: options.terminal,
    cwd: options.cwd,
    hostId: hostId.get,
    catalog: catalog.get,
    net: net.get,
    client: client.get,
    async hasher(kinds) {
      const hasher = await openTheHasher(settings, kinds);
      hashers.push(hasher);
      return hasher;
    },
    optionTables: async () => await Promise.all(VERBS.map((entry) => entry.load())),
    requests: () => tally(),
    close: async () => await closeAll([...hashers, net, catalog, log, { close: endTelling }]),
  };
}

/** What is made once, when first asked for, and closed only if it was. */
interface Once<T> {
  get(): Promise<T>;
  close(): Promise<void>;
}

function once<T>(make: () => Promise<T>): Once<T> {
  let made: Promise<T> | undefined;
  return {
    get: () => (made ??= make()),
    async close() {
      const opened: unknown = await made?.catch(() => undefined);
      if (isClosable(opened)) await opened.close();
    },
  };
}

function isClosable(value: unknown): value is { close(): Promise<void> } {
  return typeof value === 'object' && value !== null && 'close' in value && typeof value.close === 'function';
}

/** Closes all of them, in this order, and then throws the first error of any. */
async function closeAll(all: readonly { close(): Promise<void> }[]): Promise<void> {
  const failures: unknown[] = [];
  for (const one of all) await one.close().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

function logOptions({ settings, config }: WorkspaceOptions): Parameters<typeof openLog>[0] {
  return {
    folder: settings.logFolder,
    ...logSettings(settings, config?.logging),
    key: settings.key,
    print: (line) => process.stderr.write(`${printable(line)}\n`),
  };
}

async function knowHost(settings: Settings, catalog: () => Promise<Catalog>): Promise<string> {
  const id = readHostId(settings.stateFolder, { keep: !settings.dryRun });
  if (settings.dryRun) return id;
  const { ensureHost } = await import('../catalog/host.ts');
  await ensureHost(await catalog(), id, hostname(), systemClock.now());
  return id;
}

async function openTheHasher(settings: Settings, kinds: readonly HashKind[]): Promise<Hasher> {
  const { openHasher } = await import('../library/hash.ts');
  return openHasher({ threads: settings.hashThreads, kinds });
}

async function openTheCatalog(settings: Settings, log: Deps['log']): Promise<Catalog> {
  const { openCatalog } = await import('../catalog/open.ts');
  return await openCatalog(settings.catalog, { clock: systemClock, readOnly: settings.dryRun, log });
}

async function openTheNet(options: WorkspaceOptions, log: Deps['log'], onWait: OnWait): Promise<Net> {
  const { openNet } = await import('../net/stack.ts');
  const { settings, config } = options;
  return openNet({
    apiUrl: settings.apiUrl,
    ...(settings.key === undefined ? {} : { key: settings.key }),
    stateFile: settings.dryRun ? ':memory:' : join(settings.stateFolder, 'net.db'),
    ratePerMinute: settings.rate,
    patienceMs: settings.patienceMs,
    mediaConcurrency: settings.mediaConcurrency,
    asking: settings.asking,
    forceRefresh: settings.forceRefresh,
    hosts: hostLimits(config?.hosts),
    clock: systemClock,
    chance: Math.random,
    log,
    onWait,
    signal: options.signal,
  });
}

async function openTheClient(settings: Settings, net: Net, log: Deps['log']): Promise<CivitaiClient> {
  const { createClient } = await import('../civitai/client.ts');
  return createClient({
    send: net.send,
    apiUrl: settings.apiUrl,
    ...(settings.key === undefined ? {} : { key: settings.key }),
    clock: systemClock,
    log,
    browsingLevel: settings.browsingLevel,
  });
}
