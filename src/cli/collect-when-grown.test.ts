import { describe, expect, it } from 'vitest';
import { collectWhenGrown } from './collect-when-grown.ts';

const MIB = 1024 * 1024;

/** Collections that a run of looks leads to; each takes `dead` MiB away. */
function looks(sizes: readonly number[], dead = 0): number[] {
  let rss = 0;
  const collected: number[] = [];
  const look = collectWhenGrown({
    rss: () => rss * MIB,
    collect: () => {
      collected.push(rss);
      rss -= dead;
    },
  });
  for (const size of sizes) {
    rss = size;
    look();
  }
  return collected;
}

describe('collectWhenGrown', () => {
  it('leaves a small process alone', () => expect(looks([60, 100, 140, 159])).toEqual([]));
  it('collects whenever 20 MiB came on top of what the last collection left', () =>
    expect(looks([130, 160, 150, 165, 171, 180, 191], 10)).toEqual([160, 171, 191]));
  it('does not collect again and again what is alive', () =>
    expect(looks([200, 200, 205, 219, 220, 221])).toEqual([200, 220]));
  it('counts growth from where the process shrank to by itself', () =>
    expect(looks([200, 150, 171, 172])).toEqual([200, 171]));
});
