import { describe, expect, it } from 'vitest';
import { UserError } from '../base/errors.ts';
import type { ExitCode } from '../base/errors.ts';
import { EMPTY_TALLY } from '../net/tally.ts';
import { exitOf, jobEnd, sumLines, sumOf } from './job-ends.ts';
import type { JobEnd } from './job-ends.ts';
import { jsonRequests } from './output.ts';

const NO_REQUESTS = jsonRequests(EMPTY_TALLY);

function ended(name: string, counts: Record<string, number>, exitCode: 0 | 3 | 4 = 0): JobEnd {
  const failures = exitCode === 0 ? [] : [{ what: 'a.safetensors', code: 'unreadable', why: 'No.' }];
  const result = { counts, warnings: [`about ${name}`], failures, exitCode, summary: [] };
  const waited_ms = { ...NO_REQUESTS.waited_ms, total: 30, pace: 30 };
  const requests = { ...NO_REQUESTS, total: 2, byEndpoint: { models: 2 }, waited_ms };
  return jobEnd({ name, type: 'scan-paths', result }, requests, 10.4);
}

describe('the sum of jobs', () => {
  it('adds counts and requests, and keeps each job', () => {
    const refused = new UserError('Nowhere to work.', { code: 'job-no-input' });
    const ends = [
      ended('a', { files: 3, identified: 2 }),
      ended('b', { files: 4, entries: 1 }, 3),
      jobEnd({ name: 'c', type: 'scan-paths', error: refused }, NO_REQUESTS, 1),
    ];

    expect(sumOf(ends)).toMatchObject({
      exit: 3,
      counts: { jobs: 3, jobs_done: 1, jobs_failed: 2, files: 7, identified: 2, entries: 1 },
      requests: { total: 4, byEndpoint: { models: 4 }, waited_ms: { total: 60, pace: 60, back_off: 0 } },
      warnings: ['about a', 'about b'],
      failures: [
        { job: 'b', what: 'a.safetensors' },
        { job: 'c', what: 'job c', code: 'job-no-input' },
      ],
      jobs: [
        { name: 'a', ok: true, exit: 0, took_ms: 10 },
        { name: 'b', ok: false, exit: 3 },
        { name: 'c', exit: 1 },
      ],
    });
  });

  it('names what failed and what was not begun', () => {
    const ends = [ended('a', {}), ended('b', {}, 3)];

    expect(sumLines(ends, ['c'])).toEqual(['', '  2 jobs   1 done   1 failed: b   not begun: c']);
    expect(sumLines(ends.slice(0, 1), [])).toEqual([]);
  });

  it.each<[number[], ExitCode]>([
    [[0, 0], 0],
    [[0, 1], 3],
    [[1, 1], 1],
    [[4, 4], 4],
    [[4, 1], 3],
    [[3], 3],
    [[0, 2, 1], 2],
    [[0, 2, 130], 130],
  ])('ends jobs that ended with %j with %d', (exits, exit) => {
    expect(exitOf(exits.map((one) => ({ exit: one as ExitCode })))).toBe(exit);
  });
});
