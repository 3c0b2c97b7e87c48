/** How long hosts have given nothing useful, as this process saw it. Times epoch ms. */
export interface Health {
  /** An answer that says something came from the host. */
  useful(host: string, now: number): void;
  /** A try that began at `startedAt` came to nothing. */
  failed(host: string, startedAt: number, now: number): void;
  /** Patience left for the host, ms; the whole of it while there is no trouble. */
  left(host: string, now: number): number;
}

interface Record {
  usefulAt: number;
  /** Since when nothing useful came; `undefined` while all is well. */
  troubleSince: number | undefined;
  failedAt: number;
}

/** Keeps track of hosts in trouble. A trouble that nobody looked at for `patienceMs` is forgotten: what comes is new. */
export function trackHealth(patienceMs: number): Health {
  const records = new Map<string, Record>();
  const recordOf = (host: string): Record => {
    const known = records.get(host) ?? { usefulAt: 0, troubleSince: undefined, failedAt: 0 };
    records.set(host, known);
    return known;
  };
  return {
    useful(host, now) {
      const record = recordOf(host);
      record.usefulAt = now;
      record.troubleSince = undefined;
    },
    failed(host, startedAt, now) {
      const record = recordOf(host);
      const goesOn = record.troubleSince !== undefined && startedAt - record.failedAt <= patienceMs;
      // A slow request that fails now says nothing about the time before the last useful answer.
      if (!goesOn) record.troubleSince = Math.max(startedAt, record.usefulAt);
      record.failedAt = now;
    },
    left(host, now) {
      const since = records.get(host)?.troubleSince;
      return since === undefined ? patienceMs : Math.max(0, since + patienceMs - now);
    },
  };
}
