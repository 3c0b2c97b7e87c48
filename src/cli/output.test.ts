import { describe, expect, it } from 'vitest';
import { InterruptedError, SourceError, UserError } from '../base/errors.ts';
import type { RunResult } from '../verbs/verb.ts';
import { describeError, errorLines, resultLines } from './output.ts';

const NOTHING: RunResult = { counts: {}, warnings: [], failures: [], exitCode: 0, summary: [] };

describe('describeError', () => {
  it('takes exit code, code, sentence and next step from an error of ours', () => {
    const error = new SourceError('The site is down.', { code: 'site-down', next: 'Try later.' });

    expect(describeError(error, 'scan')).toMatchObject({
      exit: 4,
      failure: { code: 'site-down', why: 'The site is down.', next: 'Try later.' },
    });
    expect(describeError(new InterruptedError(), 'scan').exit).toBe(130);
    expect(describeError(new UserError('No.', { code: 'no' }), 'scan').failure).not.toHaveProperty('next');
  });

  it.each([new TypeError('x is not a function'), 'thrown text', undefined])(
    'counts anything else as a fault of ours',
    (thrown) => {
      expect(describeError(thrown, 'scan')).toMatchObject({
        exit: 2,
        failure: { code: 'our-fault', next: expect.stringContaining('report') },
      });
    },
  );
});

describe('what a thrown error is about', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

  it('is the address or path it names, else the command', () => {
    const cause = Object.assign(new Error('EACCES'), { code: 'EACCES', path: '/m/a' });

    const whats = [
      new SourceError('Down.', { code: 'site-down', url: 'https://civitai.com/api/v1/models' }),
      new UserError('No.', { code: 'not-readable', cause }),
      new UserError('No.', { code: 'bad-argument' }),
      new TypeError('oops'),
    ].map((error) => describeError(error, 'scan').failure.what);

    expect(whats).toEqual(['https://civitai.com/api/v1/models', '/m/a', 'scan', 'scan']);
  });

  it.each(['ENOSPC', 'EDQUOT'])('a full disk (%s) is not a fault of ours, wherever it shows', (code) => {
    const { exit, failure } = describeError(Object.assign(full, { code, path: '/tmp/x' }), 'scan');

    expect(exit).toBe(4);
    expect(failure).toEqual({
      what: '/tmp/x',
      code: 'disk-full',
      why: 'The disk that holds /tmp/x is full.',
      next: expect.stringContaining('Make room') as string,
    });
    expect(errorLines(full, 'scan', false).join('\n')).not.toMatch(/ {4}at /);
  });
});

describe('errorLines', () => {
  it('says what happened and what to do, without a stack', () => {
    expect(
      errorLines(
        new UserError('It does not exist.', { code: 'x', next: 'Check the spelling.' }),
        'scan',
        false,
      ),
    ).toEqual(['It does not exist.', 'Check the spelling.']);
  });

  it('shows the stack of a fault of ours, and any other with --debug', () => {
    expect(errorLines(new TypeError('oops'), 'scan', false).join('\n')).toMatch(
      /A fault of ours: oops[^]*TypeError: oops\n {4}at /,
    );
    expect(errorLines(new UserError('No.', { code: 'x' }), 'scan', true).at(-1)).toMatch(
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
      '  Note     a note',
      '  Failed   a.ckpt: It is gone.',
      '           Scan again.',
    ]);
  });

  it('shows the first of many alike, and says where the rest is', () => {
    const warnings = Array.from(
      { length: 1003 },
      (_, index) => `lora/${index}.safetensors: The header is cut.`,
    );
    const failures = Array.from({ length: 5 }, (_, index) => ({
      what: `${index}.ckpt`,
      code: 'gone',
      why: 'It is gone.',
    }));

    expect(resultLines({ ...NOTHING, warnings, failures, recorded: true })).toEqual([
      '  Note     lora/0.safetensors: The header is cut.',
      '           and 1,002 more like it',
      '  Failed   0.ckpt: It is gone.',
      '           and 4 more like it',
      '  1,008 need a look: civitarium doctor --last',
    ]);
    expect(resultLines({ ...NOTHING, warnings }).at(-1)).toBe('  1,003 need a look: --json lists them all');
  });

  it('takes notes on foreign files for alike, whatever their paths', () => {
    const warnings = ['a', 'b c', 'd', 'e'].map((name) => `/m/${name}.js is a file of yours.`);

    expect(resultLines({ ...NOTHING, warnings })).toEqual([
      '  Note     /m/a.js is a file of yours.',
      '           and 3 more like it',
      '  4 need a look: --json lists them all',
    ]);
  });

  it('shows no more kinds than fit', () => {
    const failures = Array.from({ length: 30 }, (_, index) => ({
      what: 'a',
      code: `code-${index}`,
      why: 'why',
    }));

    expect(resultLines({ ...NOTHING, failures, recorded: true })).toHaveLength(9);
  });

  it('leaves out what the verb has listed itself', () => {
    const failures = [{ what: 'space', code: 'doctor', why: 'Little is left.' }];

    expect(resultLines({ ...NOTHING, failures, listed: true })).toEqual([]);
  });
});
