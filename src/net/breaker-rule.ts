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

/** Outages in a row that open a breaker: with every second request failing by chance, once in 256. */
export const OPENS_AFTER = 8;
const FIRST_RESET_MS = 5_000;
const LONGEST_RESET_MS = 60_000;

/** `probe`: ask once and see; `wait`: not before `until`, epoch ms. */
export type Verdict =
  { readonly kind: 'go' } | { readonly kind: 'probe' } | { readonly kind: 'wait'; readonly until: number };

/** Whether the endpoint may be asked now. A probe belongs to the one who stores `state`; the others go on waiting. */
export function judge(
  state: BreakerState,
  now: number,
): { readonly verdict: Verdict; readonly state: BreakerState } {
  if (state.failures < OPENS_AFTER) return { verdict: { kind: 'go' }, state };
  if (now < state.openUntil) return { verdict: { kind: 'wait', until: state.openUntil }, state };
  return { verdict: { kind: 'probe' }, state: { ...state, openUntil: now + state.resetMs, probeAt: now } };
}

/** The state after an outage seen at `now`. Requests already under way when it opened do not lengthen the wait. */
export function afterOutage(state: BreakerState, now: number): BreakerState {
  const failures = state.failures + 1;
  if (failures < OPENS_AFTER) return { ...state, failures };
  if (failures === OPENS_AFTER) {
    return { failures, openUntil: now + FIRST_RESET_MS, resetMs: FIRST_RESET_MS, probeAt: 0 };
  }
  if (state.probeAt === 0) return { ...state, failures };
  const resetMs = Math.min(LONGEST_RESET_MS, state.resetMs * 2);
  return { failures, openUntil: now + resetMs, resetMs, probeAt: 0 };
}
