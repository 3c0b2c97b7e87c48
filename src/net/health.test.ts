import { describe, expect, it } from 'vitest';
import { trackHealth } from './health.ts';

describe('patience', () => {
  it('is whole until something fails, and runs from the start of the first try that failed', () => {
    const health = trackHealth(60_000);
    expect(health.left('h', 5)).toBe(60_000);

    health.failed('h', 1000, 4000);
    health.failed('h', 5000, 9000);

    expect(health.left('h', 31_000)).toBe(30_000);
    expect(health.left('h', 99_000)).toBe(0);
    expect(health.left('other', 99_000)).toBe(60_000);
  });

  it('is whole again after one useful answer', () => {
    const health = trackHealth(60_000);
    health.failed('h', 0, 50_000);

    health.useful('h', 51_000);

    expect(health.left('h', 55_000)).toBe(60_000);
  });

  it('does not count the time before the last useful answer against a slow request', () => {
    const health = trackHealth(60_000);
    health.useful('h', 40_000);

    health.failed('h', 1000, 41_000);

    expect(health.left('h', 41_000)).toBe(59_000);
  });

  it('begins anew for a trouble long after the last one', () => {
    const health = trackHealth(60_000);
    health.failed('h', 0, 60_000);

    health.failed('h', 3_600_000, 3_601_000);

    expect(health.left('h', 3_601_000)).toBe(59_000);
  });
});
