import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
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

    await one.hold('h', { until: 9000, reason: 'long', kind: 'back_off' });
    await other.hold('h', { until: 5000, reason: 'short', kind: 'retry_after' });

    expect(await other.holdOf('h')).toEqual({ until: 9000, reason: 'long', kind: 'back_off' });
    expect(await other.holdOf('x')).toBeUndefined();
    await one.close();
    await other.close();
  });

  it('takes over a file of an earlier version', async () => {
    const file = join(folder, 'state.db');
    const old = new DatabaseSync(file);
    old.exec(`
      CREATE TABLE pace (key TEXT PRIMARY KEY, full_at REAL NOT NULL, last_at REAL NOT NULL) STRICT;
      CREATE TABLE hold (host TEXT PRIMARY KEY, until REAL NOT NULL, reason TEXT NOT NULL) STRICT;
      INSERT INTO hold VALUES ('h', 9000, 'long');
    `);
    old.close();

    const [one, other] = [openState(file), openState(file)];

    expect(await one.holdOf('h')).toEqual({ until: 9000, reason: 'long', kind: 'retry_after' });
    expect(await other.reserve([{ key: 'k', limit: { perMinute: 60, minSpacingMs: 0 } }], 1000)).toBe(1000);
    await one.close();
    await other.close();
  });

  it('keeps all to the pace of the slowest who shares the file', async () => {
    const file = join(folder, 'state.db');
    const slow = openState(file);
    const fast = openState(file);
    const limit = (perMinute: number) => [{ key: 'h all', limit: { perMinute, minSpacingMs: 0 } }];
    await slow.reserve(limit(6), 0);

    const starts: number[] = [];
    for (let count = 0; count < 6; count += 1) starts.push(await fast.reserve(limit(6000), 0));

    expect(starts).toEqual([12_000, 24_000, 36_000, 48_000, 60_000, 72_000]);
    expect(await fast.reserve(limit(6000), 84_000)).toBe(84_000);
    expect(await fast.reserve(limit(6000), 84_000)).toBe(84_000);
    await slow.close();
    await fast.close();
  });

  it('changes a breaker in one step and remembers it after closing', async () => {
    const file = join(folder, 'state.db');
    const first = openState(file);
    await first.changeBreaker('h e', (state) => afterOutage(state, 5, { failures: 8, resetMs: 5000 }));
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
