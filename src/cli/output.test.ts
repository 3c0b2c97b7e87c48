import { describe, expect, it } from 'vitest';
import { InterruptedError, SourceError, UserError } from '../base/errors.ts';
import type { RunResult } from '../verbs/verb.ts';
import { describeError, errorLines, resultLines } from './output.ts';

const NOTHING: RunResult = { counts: {}, warnings: [], failures: [], exitCode: 0, summary: [] };

describe('describeError', () => {
  it('takes exit code, code, sentence and next step from an error of ours', () => {
    const error = new SourceError('The site is down.', { code: 'site-down', next: 'Try later.' });

    expect(describeError(error)).toMatchObject({
      exit: 4,
      failure: { code: 'site-down', why: 'The site is down.', next: 'Try later.' },
    });
    expect(describeError(new InterruptedError()).exit).toBe(130);
    expect(describeError(new UserError('No.', { code: 'no' })).failure).not.toHaveProperty('next');
  });

  it.each([new TypeError('x is not a function'), 'thrown text', undefined])(
    'counts anything else as a fault of ours',
    (thrown) => {
      expect(describeError(thrown)).toMatchObject({
        exit: 2,
        failure: { code: 'our-fault', next: expect.stringContaining('report') },
      });
    },
  );
});

describe('errorLines', () => {
  it('says what happened and what to do, without a stack', () => {
    expect(
      errorLines(new UserError('It does not exist.', { code: 'x', next: 'Check the spelling.' }), false),
    ).toEqual(['It does not exist.', 'Check the spelling.']);
  });

  it('shows the stack of a fault of ours, and any other with --debug', () => {
    expect(errorLines(new TypeError('oops'), false).join('\n')).toMatch(
      /A fault of ours: oops[^]*TypeError: oops\n {4}at /,
    );
    expect(errorLines(new UserError('No.', { code: 'x' }), true).at(-1)).toMatch(
      /^UserError: No\.\n {4}at |^Error: No\.\n {4}at /,
    );
  });
});

describe('resultLines', () => {
  it('indents the summary, then notes, then failures with their next step', () => {
    const failures = [{ what: 'a.ckpt', code: 'x', why: 'It is gone.', next: 'Scan again.' }];

    expect(resultLines({ ...NOTHING, summary: ['', '9 files'], warnings: ['a note'], failures })).toEqual([
      '',
      '  9 files',
      '  note: a note',
      '  failed: a.ckpt: It is gone. Scan again.',
    ]);
  });

  it('sums up what is too much, and says where the rest is', () => {
    const warnings = Array.from({ length: 30 }, (_, index) => `note ${index}`);
    const failures = warnings.map((what) => ({ what, code: 'x', why: 'why' }));

    const lines = resultLines({ ...NOTHING, warnings, failures });

    expect(lines).toHaveLength(18);
    expect(lines[8]).toContain('22 more notes');
    expect(lines[17]).toContain('22 more; civitarium doctor --last');
  });
});
