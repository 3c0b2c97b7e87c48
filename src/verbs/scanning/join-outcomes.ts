import type { ScanCounts, ScanOutcome } from './scan-request.ts';

/** What several scans did, as one. */
export function joinOutcomes(outcomes: readonly ScanOutcome[]): ScanOutcome {
  const [first, ...others] = outcomes;
  if (first === undefined) return NOTHING_FOUND;
  return others.reduce(joinTwo, first);
}

function joinTwo(one: ScanOutcome, other: ScanOutcome): ScanOutcome {
  return {
    counts: addUp(one.counts, other.counts) as ScanCounts,
    galleries: [...one.galleries, ...other.galleries],
    warnings: [...one.warnings, ...other.warnings],
    failures: [...one.failures, ...other.failures],
    stopped: one.stopped ?? other.stopped,
    requests: Math.max(one.requests, other.requests),
    hashMs: one.hashMs + other.hashMs,
    tookMs: one.tookMs + other.tookMs,
    previewBytes: one.previewBytes + other.previewBytes,
    written: one.written + other.written,
    ...(one.planned === undefined && other.planned === undefined
      ? {}
      : { planned: [...(one.planned ?? []), ...(other.planned ?? [])] }),
    ...(one.plan === undefined && other.plan === undefined
      ? {}
      : { plan: addUp(one.plan ?? {}, other.plan ?? {}) }),
  };
}

type Numbers = Readonly<Record<string, number>>;

function addUp(one: Numbers, other: Numbers): Numbers {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...keys].map((key) => [key, (one[key] ?? 0) + (other[key] ?? 0)]));
}

export const NOTHING_FOUND: ScanOutcome = {
  counts: {
    files: 0,
    identified: 0,
    missing: 0,
    removed: 0,
    unchecked: 0,
    failed: 0,
    images: 0,
    hashed: 0,
    hash_bytes: 0,
    previews: 0,
    pages: 0,
  },
  galleries: [],
  warnings: [],
  failures: [],
  stopped: undefined,
  requests: 0,
  hashMs: 0,
  tookMs: 0,
  previewBytes: 0,
  written: 0,
};
