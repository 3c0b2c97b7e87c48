import { describe, expect, it } from 'vitest';
import { InterruptedError } from '../base/errors.ts';
import { openSlots } from './slots.ts';

describe('slots', () => {
  it('go round in the order of asking, and giving one back twice frees one only', async () => {
    const slots = openSlots(1);
    const order: string[] = [];
    const first = await slots.take();
    const second = slots.take().then((release) => {
      order.push('second');
      return release;
    });
    const third = slots.take().then(() => order.push('third'));

    first();
    first();
    const release = await second;
    expect(order).toEqual(['second']);

    release();
    await third;
    expect(order).toEqual(['second', 'third']);
  });

  it('are not lost to those who stop waiting', async () => {
    const slots = openSlots(1);
    const stop = new AbortController();
    const release = await slots.take();
    const gone = slots.take(stop.signal);
    const next = slots.take();

    stop.abort();
    await expect(gone).rejects.toThrow(InterruptedError);
    release();

    await expect(next).resolves.toBeTypeOf('function');
    await expect(slots.take(stop.signal)).rejects.toThrow(InterruptedError);
  });
});
