import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { afterOutage } from './breaker-rule.ts';
import { openState } from './state.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'net-state-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the shared state', () => {
  it('books one line for all who share the file', async () => {
    const file = join(folder, 'deep', 'state.db');
    const one = openState(file);
    const other = openState(file);
    const booking = { key: 'h api', limit: { perMinute: 60, minSpacingMs: 100 } };

    const starts = [
      await one.reserve([booking], 1000),
      await other.reserve([booking], 1000),
      await one.reserve([booking], 1000),
    ];

    expect(starts).toEqual([1000, 1100, 1200]);
    await one.close();
    await other.close();
  });

  it('keeps the longer of two holds and shows it to the other process', async () => {
    const file = join(folder, 'state.db');
    const one = openState(file);
    const other = openState(file);

    await one.hold('h', { until: 9000, reason: 'long' });
    await other.hold('h', { until: 5000, reason: 'short' });

    expect(await other.holdOf('h')).toEqual({ until: 9000, reason: 'long' });
    expect(await other.holdOf('x')).toBeUndefined();
    await one.close();
    await other.close();
  });

  it('changes a breaker in one step and remembers it after closing', async () => {
    const file = join(folder, 'state.db');
    const first = openState(file);
    await first.changeBreaker('h e', (state) => afterOutage(state, 5));
    await first.close();

    const second = openState(file);

    expect((await second.breakerOf('h e')).failures).toBe(1);
    await second.close();
  });

  it('forgets answers past their hard age only when it sweeps', async () => {
    const state = openState(join(folder, 'state.db'));
    const kept = { storedAt: 1, seenAt: 1, status: 200, contentType: undefined, text: '{"a":1}' };
    await state.keep('k', kept, 100);

    await state.sweep(99);
    expect(await state.recall('k')).toEqual(kept);

    await state.sweep(101);
    expect(await state.recall('k')).toBeUndefined();
    await state.close();
  });

  it('refuses a file that is none of ours', () => {
    const file = join(folder, 'state.db');
    openState(file);

    expect(readFileSync(file).subarray(0, 15).toString()).toBe('SQLite format 3');
    expect(() => openState(folder)).toThrow();
  });
});
