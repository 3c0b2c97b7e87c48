/** One figure of a benchmark, measured against a baseline of the same run. */
export interface BenchResult {
  readonly name: string;
  /** Such as `>= 0.95`. */
  readonly target: string;
  readonly figure: number;
  /** What the figure counts, such as `x openssl` or `MiB`. */
  readonly unit: string;
  readonly pass: boolean;
  /** What was measured, one line. */
  readonly detail: string;
}

/** The middle one of several measurements; the mean of the two middle ones when their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}

/** Prints one JSON line a result. */
export function printResults(results: readonly BenchResult[]): void {
  for (const result of results) {
    const { pass, ...shown } = result;
    process.stdout.write(`${JSON.stringify({ ...shown, verdict: pass ? 'pass' : 'fail' })}\n`);
  }
}
