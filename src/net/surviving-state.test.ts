import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog, type Log } from '../base/log.ts';
import { openSurvivingState } from './surviving-state.ts';

let folder: string;
let warnings: string[];
let log: Log;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'net-state-'));
  warnings = [];
  log = { ...silentLog, warn: (message) => warnings.push(message) };
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('a state that fails', () => {
  it('is replaced from the start when the file is no database', async () => {
    const file = join(folder, 'state.db');
    writeFileSync(file, 'not a database, but long enough to look at '.repeat(100));
    const state = openSurvivingState(file, log);

    await state.hold('h', { until: 5, reason: 'r', kind: 'back_off' });

    expect(await state.holdOf('h')).toEqual({ until: 5, reason: 'r', kind: 'back_off' });
    expect(warnings).toHaveLength(1);
    await state.close();
  });

  it('is replaced in the middle when the file is broken under it, and said once', async () => {
    const file = join(folder, 'state.db');
    const state = openSurvivingState(file, log);
    await state.hold('h', { until: 5, reason: 'r', kind: 'back_off' });
    const other = new DatabaseSync(file);
    other.exec('DROP TABLE hold; DROP TABLE pace');
    other.close();

    await state.hold('h', { until: 7, reason: 'r', kind: 'back_off' });
    await state.reserve([{ key: 'k', limit: { perMinute: 60, minSpacingMs: 0 } }], 1);

    expect((await state.holdOf('h'))?.until).toBe(7);
    expect(warnings).toHaveLength(1);
    await state.close();
  });

  it('is shared without a word while all is well', async () => {
    const file = join(folder, 'state.db');
    const one = openSurvivingState(file, log);
    const other = openSurvivingState(file, log);

    await one.hold('h', { until: 5, reason: 'r', kind: 'back_off' });

    expect((await other.holdOf('h'))?.until).toBe(5);
    expect(warnings).toEqual([]);
    await one.close();
    await other.close();
  });
});
