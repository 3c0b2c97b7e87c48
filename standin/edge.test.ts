import { describe, expect, it } from 'vitest';
import { makeEdge } from './edge.ts';
import type { Packed } from './edge.ts';

function packed(cacheControl: string, bytes: number = 4, status: number = 200): Packed {
  return { status, headers: { 'cache-control': cacheControl }, bytes: new Uint8Array(bytes) };
}

const SHARED = 'public, s-maxage=300, stale-while-revalidate=150';

describe('the edge', () => {
  it('serves fresh, then stale while asking anew, then nothing', () => {
    const edge = makeEdge();
    edge.keep('a', packed(SHARED), 0);
    expect(edge.look('a', 299_000)).toMatchObject({ refresh: false, packed: { headers: { age: '299' } } });
    expect(edge.look('a', 301_000)).toMatchObject({ refresh: true });
    expect(edge.look('a', 450_000)).toBeUndefined();
    expect(edge.look('a', 0)).toBeUndefined();
  });

  it('keeps refusals but nothing private, no-store or of the server’s faults', () => {
    const edge = makeEdge();
    edge.keep('miss', packed(SHARED, 4, 404), 0);
    edge.keep('private', packed('max-age=0, private, no-cache'), 0);
    edge.keep('busy', packed('no-store'), 0);
    edge.keep('broken', packed(SHARED, 4, 500), 0);
    const kept = ['miss', 'private', 'busy', 'broken'].filter((key) => edge.look(key, 1) !== undefined);
    expect(kept).toEqual(['miss']);
  });

  it('forgets the oldest when it holds too much', () => {
    const edge = makeEdge();
    for (let at = 0; at < 40; at += 1) edge.keep(`k${at}`, packed(SHARED, 2 * 1024 * 1024), 0);
    expect(edge.look('k0', 1)).toBeUndefined();
    expect(edge.look('k39', 1)).toBeDefined();
  });
});
