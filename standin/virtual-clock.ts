/** The world's clock: runs beside the real one from where it was set, faster if wanted, and can be put forward. */
export interface VirtualClock {
  /** Epoch ms of the world. */
  now(): number;
  /** Puts the clock forward by `ms`. */
  advance(ms: number): void;
}

export interface VirtualClockOptions {
  /** Epoch ms the clock shows at first; default the real time. */
  readonly start?: number;
  /** Virtual ms in a real one; 0 stands still until put forward. Default 1. */
  readonly speed?: number;
  /** The real clock, for tests. */
  readonly real?: () => number;
}

export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const real = options.real ?? Date.now;
  const speed = options.speed ?? 1;
  const origin = real();
  const start = options.start ?? origin;
  let ahead = 0;
  return {
    now: () => Math.floor(start + ahead + (real() - origin) * speed),
    advance(ms) {
      ahead += ms;
    },
  };
}
