import { join } from 'node:path';
import type { Chance, Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { isLoopbackUrl } from './address.ts';
import { DEFAULT_ASKING, type Asking } from './asking.ts';
import { breaking, type OpenBreaker } from './breaker.ts';
import { openDispatch } from './dispatch.ts';
import { trackHealth } from './health.ts';
import { identifying, keyOriginsOf, userAgentOf } from './identify.ts';
import { openLedger, type Ledger } from './ledger.ts';
import { limitsFor, type HostLimits } from './limits.ts';
import { pacing } from './pacing.ts';
import { redirecting } from './redirects.ts';
import { keyPrefixOf, remembering } from './remember.ts';
import { retrying } from './retry.ts';
import type { Send } from './send.ts';
import type { NetState } from './state.ts';
import { openSurvivingState } from './surviving-state.ts';
import { tallying, type Tally } from './tally.ts';
import { telling } from './telling.ts';
import { throwIfAborted, waiting, type OnWait } from './wait.ts';

export interface NetOptions {
  readonly apiUrl: string;
  /** Goes to the API's origins only, and into the shared state as a hash prefix. */
  readonly key?: string;
  /** The SQLite file all processes of the user share; `:memory:` to share nothing. */
  readonly stateFile: string;
  /** Ours when absent. */
  readonly asking?: Partial<Asking>;
  /** Ask again whatever is remembered. */
  readonly forceRefresh?: boolean;
  /** API requests in any minute; 90. */
  readonly ratePerMinute?: number;
  /** Without one useful answer of a host for so long, requests to it fail; 60,000. */
  readonly patienceMs?: number;
  readonly mediaConcurrency?: number;
  /** Limits of single hosts by name with port, stronger than the table's. */
  readonly hosts?: HostLimits;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  /** Hears of waits of a second and more, and of their ends. */
  readonly onWait?: OnWait;
  /** Ends every request and wait with InterruptedError. */
  readonly signal?: AbortSignal;
}

export interface Net {
  readonly send: Send;
  /** Requests and waits so far. */
  tally(): Tally;
  /** From now on requests carry no key: the site refused it, and public data needs none. */
  dropKey(): void;
  close(): Promise<void>;
}

const DEFAULT_PATIENCE_MS = 60_000;
const CONNECT_MS = 10_000;
const BODY_IDLE_MS = 30_000;
/** No timeout is shorter than this, however small the patience. */
const LEAST_TIMEOUT_MS = 500;

/**
 * The careful way to ask. Costs nothing until the first request: file and libraries are opened then. Order, from the
 * caller to the wire:
 *
 *   tell → remember → retry (reads the body) → identify → redirects → breaker → pace → tally → dispatch
 */
export function openNet(options: NetOptions): Net {
  const asking: Asking = { ...DEFAULT_ASKING, ...options.asking };
  const ledger = openLedger();
  const counter = tallying(async (request) => dispatch.send(request));
  const dispatch = openDispatch(dispatchOptions(options, asking));
  let opened: Composed | undefined;
  let isKeyless = false;
  return {
    async send(request) {
      const signal = bothSignals(request.signal, options.signal);
      throwIfAborted(signal);
      opened ??= compose(
        { options, asking, ledger, keyNow: () => (isKeyless ? undefined : options.key) },
        counter.send,
      );
      return opened.send(signal === undefined ? request : { ...request, signal });
    },
    tally: () => ({ ...counter.asked(), ...ledger.sums(), breakers: opened?.openBreakers() ?? [] }),
    dropKey() {
      isKeyless = true;
    },
    async close() {
      await dispatch.close();
      for (const state of opened?.states ?? []) {
        await state.sweep(options.clock.now()).catch(() => undefined);
        await state.close();
      }
    },
  };
}

interface Parts {
  readonly options: NetOptions;
  readonly asking: Asking;
  readonly ledger: Ledger;
  readonly keyNow: () => string | undefined;
}

interface Composed {
  readonly send: Send;
  /** What is to be closed. */
  readonly states: readonly NetState[];
  openBreakers(): OpenBreaker[];
}

function compose(parts: Parts, wire: Send): Composed {
  const { options, asking, ledger } = parts;
  const { clock, chance, log, key } = options;
  const { retries, retryDelayMs, cache, concurrency } = asking;
  const patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS;
  const state = openSurvivingState(options.stateFile, log);
  const answers = answersOf(options, asking, state);
  const wait = waiting(clock, ledger, options.onWait);
  const health = trackHealth(patienceMs);
  const keyOrigins = keyOriginsOf(options.apiUrl);
  const limits = limitsFor({ ...options, concurrency });
  const paced = pacing(wire, { state, limitsFor: limits, clock, wait, ledger, patienceMs });
  const guarded = breaking(paced.send, { state, clock, wait, health, limits: asking.breaker });
  const followed = redirecting(guarded.send, keyOrigins);
  const userAgent = userAgentOf(asking.userAgent, (why) => log.warn(why));
  const named = identifying(followed, { userAgent, key: parts.keyNow, keyOrigins });
  const { hold } = paced;
  const again = { clock, chance, log, wait, health, ledger, hold, patienceMs, retries, retryDelayMs };
  const tried = retrying(named, again);
  const isForced = options.forceRefresh ?? false;
  const keeping = { state: answers, clock, log, ledger, cache, isForced, keyPrefix: keyPrefixOf(key) };
  return {
    send: telling(remembering(tried, keeping), { clock, log }),
    states: answers === state ? [state] : [state, answers],
    openBreakers: guarded.open,
  };
}

/** Where answers are kept: with the state, unless a folder is named for them. */
function answersOf({ stateFile, log }: NetOptions, { cache }: Asking, state: NetState): NetState {
  if (cache.folder === undefined || stateFile === ':memory:') return state;
  return openSurvivingState(join(cache.folder, 'answers.db'), log);
}

function dispatchOptions(options: NetOptions, asking: Asking): Parameters<typeof openDispatch>[0] {
  const patience = Math.max(LEAST_TIMEOUT_MS, (options.patienceMs ?? DEFAULT_PATIENCE_MS) / 2);
  const most = Math.min(patience, Math.max(LEAST_TIMEOUT_MS, asking.timeoutMs));
  return {
    connections: Math.max(8, options.mediaConcurrency ?? 8) + asking.concurrency,
    connectMs: Math.min(CONNECT_MS, most),
    headersMs: most,
    bodyIdleMs: Math.min(BODY_IDLE_MS, most),
    allowPrivate: isLoopbackUrl(options.apiUrl),
    clock: options.clock,
  };
}

function bothSignals(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  if (one === undefined || other === undefined || one === other) return one ?? other;
  return AbortSignal.any([one, other]);
}
