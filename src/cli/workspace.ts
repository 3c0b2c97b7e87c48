import { hostname } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { silentProgress } from '../base/progress.ts';
import type { Progress } from '../base/progress.ts';
import type { Catalog } from '../catalog/open.ts';
import type { CivitaiClient } from '../civitai/client.ts';
import type { ConfigFile } from '../config/schema.ts';
import type { Hasher } from '../library/hash.ts';
import type { Net } from '../net/stack.ts';
import type { Deps, Settings, Terminal } from '../verbs/deps.ts';
import { VERBS } from '../verbs/list.ts';
import { readHostId } from './host.ts';
import { openLog } from './log-file.ts';
import { textProgress } from './progress-text.ts';

/** Everything that is open during one run of the program; made here and nowhere else. */
export interface Workspace extends Deps {
  /** Requests made so far. */
  requests(): { readonly total: number; readonly byEndpoint: Readonly<Record<string, number>> };
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

/** Builds the workspace; catalog, network and hashing threads open when first asked for. */
export function openWorkspace(options: WorkspaceOptions): Workspace {
  const { settings, config, signal } = options;
  const log = openLog({
    folder: settings.logFolder,
    level: settings.debug ? 'debug' : (config?.logging?.level ?? 'info'),
    file: !settings.dryRun && (config?.logging?.file ?? true),
    debug: settings.debug,
    key: settings.key,
    print: (line) => process.stderr.write(`${line}\n`),
  });
  const progress: Progress = settings.quiet ? silentProgress : textProgress(process.stderr, systemClock, { colour: options.colour });
  const waits = waitTeller(progress);
  let catalog: Promise<Catalog> | undefined;
  let net: Promise<Net> | undefined;
  let client: Promise<CivitaiClient> | undefined;
  let tally: Net['tally'] | undefined;
  const hashers: Hasher[] = [];
  const hostId = readHostId(settings.stateFolder, { keep: !settings.dryRun });

  const workspace: Workspace = {
    clock: systemClock,
    chance: Math.random,
    log,
    progress: waits.progress,
    signal,
    settings,
    terminal: options.terminal,
    cwd: options.cwd,
    hostId: async () => {
      if (!settings.dryRun) {
        const { ensureHost } = await import('../catalog/host.ts');
        await ensureHost(await workspace.catalog(), hostId, hostname(), systemClock.now());
      }
      return hostId;
    },
    catalog: async () => await (catalog ??= openTheCatalog(settings, log)),
    net: async () => await (net ??= openTheNet(options, log, waits.tell).then((opened) => ((tally = opened.tally), opened))),
    client: async () => await (client ??= openTheClient(settings, await workspace.net(), log)),
    hasher: async (kinds) => {
      const { openHasher } = await import('../library/hash.ts');
      const hasher = openHasher({ threads: settings.hashThreads, kinds });
      hashers.push(hasher);
      return hasher;
    },
    optionTables: async () => await Promise.all(VERBS.map((entry) => entry.load())),
    requests: () => tally?.() ?? { total: 0, byEndpoint: {} },
    async close() {
      for (const hasher of hashers) await hasher.close();
      await (await net)?.close();
      await (await catalog)?.close();
      await log.close();
    },
  };
  return workspace;
}

async function openTheCatalog(settings: Settings, log: Deps['log']): Promise<Catalog> {
  const { openCatalog } = await import('../catalog/open.ts');
  return await openCatalog(settings.catalog, { clock: systemClock, readOnly: settings.dryRun, log });
}

async function openTheNet(options: WorkspaceOptions, log: Deps['log'], onWait: (reason: string, ms: number) => void): Promise<Net> {
  const { openNet } = await import('../net/stack.ts');
  const { settings, config } = options;
  return openNet({
    apiUrl: settings.apiUrl,
    ...(settings.key === undefined ? {} : { key: settings.key }),
    stateFile: settings.dryRun ? ':memory:' : join(settings.stateFolder, 'net.db'),
    ratePerMinute: settings.rate,
    patienceMs: settings.patienceMs,
    mediaConcurrency: settings.mediaConcurrency,
    ...(config?.hosts === undefined ? {} : { hosts: config.hosts }),
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
    log,
    browsingLevel: settings.browsingLevel,
  });
}

/** Shows why the network waits on whatever phase is open. */
function waitTeller(inner: Progress): { readonly progress: Progress; tell(reason: string, ms: number): void } {
  const open = new Set<{ waiting(reason: string | undefined): void }>();
  return {
    tell(reason, ms) {
      if (ms < 1000) return;
      for (const phase of open) phase.waiting(`waiting ${Math.ceil(ms / 1000)} s: ${reason}`);
    },
    progress: {
      note: (message) => inner.note(message),
      phase(title, total, unit) {
        const phase = inner.phase(title, total, unit);
        open.add(phase);
        return {
          advance(done) {
            phase.waiting(undefined);
            phase.advance(done);
          },
          waiting: (reason) => phase.waiting(reason),
          end() {
            open.delete(phase);
            phase.end();
          },
        };
      },
    },
  };
}
