import { faultAnswer } from './fault-answers.ts';
import { isBreaking, parseFaults, patternFits } from './fault-spec.ts';
import type { FaultRate, FaultRule } from './fault-spec.ts';
import type { Ask, Fault, FaultPlan } from './route.ts';
import { hash32, mix32 } from './world/random.ts';

/** A plan whose rules can be changed while the server runs. */
export interface FaultSwitch extends FaultPlan {
  /** Other rules from now on; '' for none. Throws UserError. */
  use(spec: string | readonly FaultRule[]): void;
  /** Resets every connection from now on, or after `requests` more. */
  down(requests?: number): void;
  up(): void;
  /** How often each fault befell each endpoint: `model-versions/by-hash reset` → 12. */
  counts(): Readonly<Record<string, number>>;
}

export interface FaultOptions {
  readonly seed: number;
  /** Real epoch ms, for Retry-After as a date. */
  readonly now?: () => number;
}

/** Forgetting how often an address was asked only means that its chances begin anew. */
const MAX_ADDRESSES = 200_000;

/**
 * Makes a plan. Chance depends on the seed, the address and how often it was asked, not on the order in which requests
 * happen to arrive: the same run fails in the same places.
 */
export function makeFaults(spec: string | readonly FaultRule[], options: FaultOptions): FaultSwitch {
  let rules = rulesOf(spec);
  let left = Infinity;
  const asked = new Map<number, number>();
  const passed = new Map<FaultRule, number>();
  const counts = new Map<string, number>();
  const now = options.now ?? Date.now;
  const forget = (): void => {
    asked.clear();
    passed.clear();
    counts.clear();
  };
  const isDead = (rule: FaultRule): boolean => {
    if (rule.diesAfter === undefined) return false;
    const before = passed.get(rule) ?? 0;
    passed.set(rule, before + 1);
    return before >= rule.diesAfter;
  };
  return {
    before(ask) {
      // Who switches the faults off must get through.
      if (ask.endpoint === 'control') return [];
      left -= 1;
      if (left < 0) return [{ kind: 'reset' }];
      const faults: Fault[] = [];
      for (const [at, rule] of rules.entries()) {
        if (!patternFits(rule.pattern, ask.endpoint, ask.url.pathname)) continue;
        if (isDead(rule)) return [{ kind: 'reset' }];
        const draw = drawer(options.seed, at, ask, asked);
        for (const rate of befallen(rule.faults, draw)) {
          const name = `${ask.endpoint} ${rate.name}`;
          counts.set(name, (counts.get(name) ?? 0) + 1);
          faults.push(faultOf(rate, ask, now()));
        }
      }
      return faults.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
    },
    use(other) {
      rules = rulesOf(other);
      forget();
    },
    down(requests = 0) {
      left = requests;
    },
    up() {
      left = Infinity;
    },
    counts: () => Object.fromEntries(counts),
    reset: forget,
  };
}

const ORDER: readonly Fault['kind'][] = [
  'delay',
  'reset',
  'instead',
  'bytes',
  'length',
  'truncate',
  'trickle',
];

function rulesOf(spec: string | readonly FaultRule[]): readonly FaultRule[] {
  return typeof spec === 'string' ? parseFaults(spec) : spec;
}

type Draw = (salt: number) => number;

function drawer(seed: number, rule: number, ask: Ask, asked: Map<number, number>): Draw {
  const body = ask.body === undefined ? '' : JSON.stringify(ask.body);
  const key = hash32(seed, rule, ask.method, ask.url.pathname, ask.url.search, body);
  if (asked.size > MAX_ADDRESSES) asked.clear();
  const times = asked.get(key) ?? 0;
  asked.set(key, times + 1);
  return (salt) => mix32(key ^ mix32(times + Math.imul(salt + 1, 0x9e3779b1))) / 0x1_0000_0000;
}

/** One draw decides among the breaking faults; each slowing one has its own. */
function befallen(faults: readonly FaultRate[], draw: Draw): FaultRate[] {
  const chosen: FaultRate[] = [];
  const lot = draw(0);
  let from = 0;
  for (const [at, fault] of faults.entries()) {
    if (!isBreaking(fault.name)) {
      if (draw(at + 1) < fault.rate) chosen.push(fault);
      continue;
    }
    if (lot >= from && lot < from + fault.rate) chosen.push(fault);
    from += fault.rate;
  }
  return chosen;
}

function faultOf(rate: FaultRate, ask: Ask, now: number): Fault {
  switch (rate.name) {
    case 'delay':
      return { kind: 'delay', ms: rate.amount ?? 500 };
    case 'trickle':
      return { kind: 'trickle', bytesPerSecond: rate.amount ?? 2_000 };
    case 'truncate':
      return { kind: 'truncate', share: rate.amount ?? 0.5 };
    case 'length':
      return { kind: 'length', difference: rate.amount ?? 100 };
    case 'bytes':
      return { kind: 'bytes' };
    default: {
      const answer = faultAnswer(rate.name, ask, rate.amount, now);
      return answer === undefined ? { kind: 'reset' } : { kind: 'instead', answer };
    }
  }
}
