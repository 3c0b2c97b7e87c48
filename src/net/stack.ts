import type { Chance, Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { isLoopbackUrl } from './address.ts';
import { breaking } from './breaker.ts';
import { openDispatch } from './dispatch.ts';
import { trackHealth } from './health.ts';
import { defaultUserAgent, identifying, keyOriginsOf } from './identify.ts';
import { limitsFor, type HostLimits } from './limits.ts';
import { pacing } from './pacing.ts';
import { redirecting } from './redirects.ts';
import { keyPrefixOf, remembering } from './remember.ts';
import { retrying } from './retry.ts';
import type { Send } from './send.ts';
import type { NetState } from './state.ts';
import { openSurvivingState } from './surviving-state.ts';
import { tallying, type Tally } from './tally.ts';
import { throwIfAborted, waiting } from './wait.ts';

export interface NetOptions {
  readonly apiUrl: string;
  /** Goes to the API's origins only, and into the shared state as a hash prefix. */
  readonly key?: string;
  /** The SQLite file all processes of the user share; `:memory:` to share nothing. */
  readonly stateFile: string;
  readonly userAgent?: string;
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
  /** Hears of waits of half a second and more before they begin. */
  readonly onWait?: (reason: string, ms: number) => void;
  /** Ends every request and wait with InterruptedError. */
  readonly signal?: AbortSignal;
}

export interface Net {
  readonly send: Send;
  /** Real requests so far. */
  tally(): Tally;
  /** From now on requests carry no key: the site refused it, and public data needs none. */
  dropKey(): void;
  close(): Promise<void>;
}

const DEFAULT_PATIENCE_MS = 60_000;
const CONNECT_MS = 10_000;
/** The site's slowest query may take 30 s (notes: images by bare model id). */
const HEADERS_MS = 40_000;
const BODY_IDLE_MS = 30_000;
/** No timeout is shorter than this, however small the patience. */
const LEAST_TIMEOUT_MS = 500;

/**
 * The careful way to ask. Costs nothing until the first request: file and libraries are opened then. Order, from the
 * caller to the wire:
 *
 *   remember → retry (reads the body) → identify → redirects → breaker → pace → tally → dispatch
 */
export function openNet(options: NetOptions): Net {
  const counter = tallying(async (request) => dispatch.send(request));
  const dispatch = openDispatch(dispatchOptions(options));
  let opened: { send: Send; state: NetState } | undefined;
  let isKeyless = false;
  return {
    async send(request) {
      const signal = bothSignals(request.signal, options.signal);
      throwIfAborted(signal);
      opened ??= compose(options, counter.send, () => (isKeyless ? undefined : options.key));
      return opened.send(signal === undefined ? request : { ...request, signal });
    },
    tally: counter.tally,
    dropKey() {
      isKeyless = true;
    },
    async close() {
      await dispatch.close();
      await opened?.state.sweep(options.clock.now()).catch(() => undefined);
      await opened?.state.close();
    },
  };
}

function compose(
  options: NetOptions,
  wire: Send,
  keyNow: () => string | undefined,
): { send: Send; state: NetState } {
  const { clock, chance, log, key } = options;
  const patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS;
  const state = openSurvivingState(options.stateFile, log);
  const wait = waiting(clock, options.onWait);
  const health = trackHealth(patienceMs);
  const keyOrigins = keyOriginsOf(options.apiUrl);
  const paced = pacing(wire, { state, limitsFor: limitsFor(options), clock, wait, patienceMs });
  const guarded = breaking(paced.send, { state, clock, wait, health });
  const followed = redirecting(guarded, keyOrigins);
  const named = identifying(followed, {
    userAgent: options.userAgent ?? defaultUserAgent(),
    key: keyNow,
    keyOrigins,
  });
  const tried = retrying(named, { clock, chance, log, wait, health, hold: paced.hold, patienceMs });
  return { send: remembering(tried, { state, clock, log, keyPrefix: keyPrefixOf(key) }), state };
}

function dispatchOptions(options: NetOptions): Parameters<typeof openDispatch>[0] {
  const most = Math.max(LEAST_TIMEOUT_MS, (options.patienceMs ?? DEFAULT_PATIENCE_MS) / 2);
  return {
    connections: Math.max(8, options.mediaConcurrency ?? 8) + 4,
    connectMs: Math.min(CONNECT_MS, most),
    headersMs: Math.min(HEADERS_MS, most),
    bodyIdleMs: Math.min(BODY_IDLE_MS, most),
    allowPrivate: isLoopbackUrl(options.apiUrl),
    clock: options.clock,
  };
}

function bothSignals(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  if (one === undefined || other === undefined || one === other) return one ?? other;
  return AbortSignal.any([one, other]);
}
