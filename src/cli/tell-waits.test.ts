import { describe, expect, it } from 'vitest';
import type { Progress, Waiting } from '../base/progress.ts';
import { tellWaits } from './tell-waits.ts';

/** A teller whose clock and seconds a test turns, and what its phases and notes were told. */
function stage() {
  let now = 10_000;
  const seconds = new Set<() => void>();
  const told: (Waiting | undefined)[] = [];
  const notes: string[] = [];
  const inner: Progress = {
    note: (message) => notes.push(message),
    phase: () => ({ advance() {}, waiting: (wait) => told.push(wait), end() {} }),
  };
  const every = (_ms: number, work: () => void): (() => void) => {
    seconds.add(work);
    return () => seconds.delete(work);
  };
  const second = (): void => {
    now += 1000;
    for (const work of seconds) work();
  };
  return { ...tellWaits(inner, { now: () => now }, every), told, notes, seconds, second };
}

describe('the line of a wait', () => {
  it('is shown, shown again every second, and gone when the wait ends', () => {
    const { progress, tell, told, seconds, second } = stage();
    progress.phase('Asking Civitai', 10, 'answers');
    const wait = { reason: 'a pause', until: 13_000 };

    const end = tell(wait);
    second();
    second();
    end();

    expect(told).toEqual([undefined, wait, wait, wait, undefined]);
    expect(seconds.size).toBe(0);
  });

  it('is that of the wait which ends first, then of the next', () => {
    const { progress, tell, told } = stage();
    progress.phase('Asking Civitai', 10, 'answers');
    const long = { reason: 'long', until: 70_000 };
    const short = { reason: 'short', until: 12_000 };

    tell(long);
    const endShort = tell(short);
    endShort();

    expect(told.slice(1)).toEqual([long, short, long]);
  });

  it('stays while other requests come home, and shows in a phase that opens meanwhile', () => {
    const { progress, tell, told, seconds } = stage();
    const wait = { reason: 'a pause', until: 13_000 };
    const first = progress.phase('Asking Civitai', 10, 'answers');
    tell(wait);

    first.advance(1);
    first.end();
    expect(seconds.size).toBe(0);
    progress.phase('Previews', 10, 'images');

    expect(told.slice(1)).toEqual([wait, wait]);
    expect(seconds.size).toBe(1);
  });

  it('is a note where no phase is open', async () => {
    const { tell, notes, seconds, close } = stage();

    tell({ reason: 'a pause', until: 13_000 });
    await close();

    expect(notes).toEqual(['waiting 3 s: a pause']);
    expect(seconds.size).toBe(0);
  });
});
