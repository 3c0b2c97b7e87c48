/** What is known of one endpoint's health; times epoch ms. */
export interface BreakerState {
  /** Outages in a row. */
  readonly failures: number;
  /** Not asked before this time; 0 when closed. */
  readonly openUntil: number;
  /** How long it stays away next time. */
  readonly resetMs: number;
  /** When the probe under way began; 0 when there is none. */
  readonly probeAt: number;
}

/** As good as new. */
export const CLOSED: BreakerState = { failures: 0, openUntil: 0, resetMs: 0, probeAt: 0 };

/** What one process thinks enough; another one may think otherwise of the same endpoint. */
export interface BreakerLimits {
  /** Outages in a row that open it. */
  readonly failures: number;
  /** How long it is left alone at first. */
  readonly resetMs: number;
}

/** Failed probes double the time up to this. */
const LONGEST_RESET_MS = 60_000;

/** `probe`: ask once and see; `wait`: not before `until`, epoch ms. */
export type Verdict =
  { readonly kind: 'go' } | { readonly kind: 'probe' } | { readonly kind: 'wait'; readonly until: number };

/**
 * Whether the endpoint may be asked now. A probe belongs to the one who stores `state`; the others go on waiting. What
 * anyone has opened is open for all, whatever they think enough themselves.
 */
export function judge(
  state: BreakerState,
  now: number,
): { readonly verdict: Verdict; readonly state: BreakerState } {
  if (state.openUntil === 0) return { verdict: { kind: 'go' }, state };
  if (now < state.openUntil) return { verdict: { kind: 'wait', until: state.openUntil }, state };
  return { verdict: { kind: 'probe' }, state: { ...state, openUntil: now + state.resetMs, probeAt: now } };
}

/**
 * The state after an outage seen at `now`. Requests already under way when it opened do not lengthen the wait, and the
 * limits of one process never shorten what another has opened.
 */
export function afterOutage(state: BreakerState, now: number, limits: BreakerLimits): BreakerState {
  const failures = state.failures + 1;
  const opened = (resetMs: number): BreakerState => ({
    failures,
    openUntil: now + resetMs,
    resetMs,
    probeAt: 0,
  });
  if (state.openUntil === 0)
    return failures < limits.failures ? { ...state, failures } : opened(limits.resetMs);
  if (state.probeAt === 0) return { ...state, failures };
  return opened(Math.max(limits.resetMs, state.resetMs, Math.min(LONGEST_RESET_MS, state.resetMs * 2)));
}
