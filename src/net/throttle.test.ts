import { describe, expect, it } from 'vitest';
import { handClock } from './testing/with-server.ts';
import { openThrottle } from './throttle.ts';

describe('a throttle', () => {
  it('lets no more than the rate pass, all takers together, but for a short burst', async () => {
    const clock = handClock();
    const begun = clock.now();
    const throttle = openThrottle(1_000_000, clock);

    for (let taken = 0; taken < 10_000_000; taken += 100_000) await throttle.take(100_000);

    const seconds = (clock.now() - begun) / 1000;
    expect(seconds).toBeGreaterThan(9.5);
    expect(seconds).toBeLessThan(10.5);
  });

  it('gives nothing back for a pause but the burst', async () => {
    const clock = handClock();
    const throttle = openThrottle(1000, clock);
    clock.forward(3_600_000);

    expect(throttle.take(200)).toBeUndefined();
    const begun = clock.now();
    await throttle.take(1000);

    expect(clock.now() - begun).toBeGreaterThan(900);
  });
});
