import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../base/clock.ts';
import { phaseLine, textProgress } from './progress-text.ts';

type State = Parameters<typeof phaseLine>[0];

const HALF: State = {
  title: 'Hashing',
  total: 4096,
  unit: 'bytes',
  done: 2048,
  reason: undefined,
  elapsedMs: 2000,
};

/** A clock set by hand and a screen that remembers what was written. */
function stage(isTTY: boolean): {
  clock: Clock;
  pass: (ms: number) => void;
  written: string[];
  progress: ReturnType<typeof textProgress>;
} {
  let now = 1000;
  const written: string[] = [];
  const clock: Clock = { now: () => now, sleep: async () => {} };
  const progress = textProgress({ isTTY, columns: 100, write: (text) => written.push(text) }, clock, {
    colour: false,
  });
  return { clock, pass: (ms) => (now += ms), written, progress };
}

describe('phaseLine', () => {
  it('shows what is done, of how much, how fast, and the time left', () => {
    expect(phaseLine(HALF, 120, false)).toMatch(
      /^ {2}Hashing +━{12}─{12} {2}2 KiB of 4 KiB {2}1 KiB\/s {2}2\.0 s left$/,
    );
  });

  it('tells of what is under way as far as there is room', () => {
    const parts = ['ink.safetensors 45 %', 'oil.safetensors\u001b[2J 7 %', 'x'.repeat(200)];

    const wide = phaseLine({ ...HALF, parts }, 160, false);
    const narrow = phaseLine({ ...HALF, parts }, 80, false);

    expect(wide).toContain('  ink.safetensors 45 %  oil.safetensors');
    expect(wide).not.toContain('\u001b');
    expect(wide.length).toBeLessThanOrEqual(160);
    expect(narrow).toContain('2 KiB of 4 KiB');
    expect(narrow.length).toBeLessThanOrEqual(80);
  });

  it('says why it waits instead of how fast it is', () => {
    const line = phaseLine({ ...HALF, reason: 'waiting 12 s: the site asks for a pause' }, 120, false);

    expect(line).toContain('2 KiB of 4 KiB  waiting 12 s: the site asks for a pause');
    expect(line).not.toMatch(/KiB\/s|left/);
  });

  it('shows no bar where the whole is not known or the terminal is narrow', () => {
    expect(phaseLine({ ...HALF, total: undefined, unit: 'answers' }, 120, false)).toMatch(
      /^ {2}Hashing +2,048 answers {2}1,024\/s$/,
    );
    expect(phaseLine(HALF, 60, false)).not.toMatch(/[━─]/);
  });

  it('makes the bar smaller before it cuts a word', () => {
    const state: State = {
      title: 'Previews',
      total: 281,
      unit: 'images',
      done: 38,
      reason: undefined,
      elapsedMs: 2000,
    };

    expect(phaseLine(state, 79, false)).toMatch(/ {2}[━─]{16} {2}38 of 281 images {2}19\/s {2}13 s left$/);
    expect(
      phaseLine({ ...state, unit: 'bytes', total: 2 ** 38, done: 2 ** 36 + 2 ** 20 }, 79, false),
    ).toMatch(/64 GiB of 256 GiB {2}32 GiB\/s {2}6\.0 s left$/);
  });

  it('never runs over the width, so that one line stays one line', () => {
    const state = fc.record({
      title: fc.constantFrom('Hashing', 'Asking Civitai'),
      total: fc.option(fc.nat({ max: 10 ** 13 }), { nil: undefined }),
      unit: fc.constantFrom<State['unit']>('bytes', 'files', 'answers'),
      done: fc.nat({ max: 10 ** 13 }),
      reason: fc.option(fc.string(), { nil: undefined }),
      elapsedMs: fc.nat({ max: 10 ** 9 }),
    });
    fc.assert(
      fc.property(state, fc.integer({ min: 24, max: 200 }), (one, width) => {
        const line = phaseLine(one, width, false);
        expect(line.length).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});

describe('textProgress on a terminal', () => {
  it('draws a line over itself, not more often than it can be read, and leaves what came of it', () => {
    const { progress, pass, written } = stage(true);
    const phase = progress.phase('Pages', 1000, 'pages');

    for (let count = 0; count < 1000; count += 1) {
      phase.waiting(undefined);
      phase.advance(1);
      pass(1);
    }
    phase.end();

    expect(written.filter((text) => text.includes('Pages')).length).toBeLessThan(16);
    expect(written.at(-1)).toBe('  Pages                1,000 pages in 1.0 s\n');
    expect(written.at(-2)).toBe('\r\u001B[K');
  });

  it('counts a wait down and goes back to the work when it is over', () => {
    const { progress, pass, written } = stage(true);
    const phase = progress.phase('Asking Civitai', 10, 'answers');
    const wait = { reason: 'the site asks for a pause', until: 1000 + 3000 };

    phase.waiting(wait);
    for (const ms of [400, 600, 1000]) {
      pass(ms);
      phase.waiting(wait);
    }
    phase.waiting(undefined);

    const shown = written
      .map((text) => /waiting \d+ s/.exec(text)?.[0] ?? text)
      .filter((text) => text !== '\r\u001B[K');
    expect(shown.slice(1, 4)).toEqual(['waiting 3 s', 'waiting 2 s', 'waiting 1 s']);
    expect(shown.at(-1)).not.toContain('waiting');
  });

  it('counts one of a thing as one', () => {
    const { progress, pass, written } = stage(true);
    const phase = progress.phase('Pages', 1, 'pages');

    phase.advance(1);
    pass(2000);
    phase.end();

    expect(written.at(-1)).toBe('  Pages                1 page in 2.0 s\n');
  });

  it('leaves nothing of a phase that was over at once', () => {
    const { progress, written } = stage(true);
    const phase = progress.phase('Pages', 10, 'pages');

    phase.advance(10);
    phase.end();

    expect(written.at(-1)).toBe('\r\u001B[K');
  });

  it('draws nothing over itself where the terminal is dumb', () => {
    const written: string[] = [];
    const clock: Clock = { now: () => 0, sleep: async () => {} };
    const screen = { isTTY: true, columns: 60, write: (text: string) => written.push(text) };
    const phase = textProgress(screen, clock, { colour: false, live: false }).phase('Pages', 10, 'pages');

    phase.advance(10);
    phase.end();

    expect(written).toEqual(['Pages: 10 pages in 0.0 s\n']);
  });

  it('keeps a note above the line', () => {
    const { progress, written } = stage(true);
    progress.phase('Pages', 10, 'pages');

    progress.note('worth keeping');

    expect(written.slice(-2)).toEqual(['\r\u001B[K', 'worth keeping\n']);
  });
});

describe('textProgress elsewhere', () => {
  it('says once why it waits and what came of a phase, without any control character', () => {
    const { progress, pass, written } = stage(false);
    const phase = progress.phase('Asking Civitai', undefined, 'answers');

    phase.advance(1200);
    const wait = { reason: 'a pause', until: 1000 + 12_000 };
    phase.waiting(wait);
    pass(2000);
    phase.waiting(wait);
    phase.waiting({ reason: 'a pause', until: 3000 + 2000 });
    phase.waiting({ reason: 'a pause', until: 3000 + 60_000 });
    pass(29_000);
    phase.end();

    expect(written).toEqual([
      'Asking Civitai: waiting 12 s: a pause\n',
      'Asking Civitai: waiting 60 s: a pause\n',
      'Asking Civitai: 1,200 answers in 31 s\n',
    ]);
  });

  it('is silent about a phase in which nothing was done', () => {
    const { progress, written } = stage(false);

    progress.phase('Previews', 0, 'images').end();

    expect(written).toEqual([]);
  });
});
