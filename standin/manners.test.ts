import { describe, expect, it } from 'vitest';
import { watchManners } from './manners.ts';
import type { Watch } from './manners.ts';
import type { Ask, Sent } from './route.ts';
import type { World } from './world/types.ts';

// Manners look at the request only.
const NO_WORLD = {} as unknown as World;
const GOOD = { 'user-agent': 'civitarium/0.1 (+https://example.org)' };

function ask(path: string, extra: Partial<Ask> = {}): Ask {
  const url = new URL(path, 'http://127.0.0.1:1');
  return {
    method: 'GET',
    url,
    query: url.searchParams,
    params: {},
    body: undefined,
    headers: GOOD,
    now: 0,
    world: NO_WORLD,
    session: undefined,
    origin: url.origin,
    endpoint: 'models',
    ...extra,
  };
}

function sent(status: number, headers: Record<string, string> = {}, headAt = 0): Sent {
  return { status, bytes: 0, fromEdge: false, headAt, headers };
}

/** The problems after one request. */
function problems(one: Ask): readonly string[] {
  const watch = watchManners();
  watch.begun(one, 0);
  return watch.problems();
}

describe('manners', () => {
  it('find nothing wrong with a civil client', () => {
    const key = { ...GOOD, authorization: 'Bearer k' };
    expect(problems(ask('/api/v1/models?ids=1,2', { headers: key }))).toEqual([]);
    expect(problems(ask('/api/download/models/1', { headers: key }))).toEqual([]);
    expect(problems(ask('/xG1nkqKTMzGDvpLrqFT7WA/u/original=true/u.jpeg'))).toEqual([]);
  });

  it.each([
    ['/xG1nkqKTMzGDvpLrqFT7WA/u/a.jpeg', 'the key sent to media'],
    ['/storage/model/1', 'the key sent to storage'],
  ])('see a key at %s', (path: string, what: string) => {
    const found = problems(ask(path, { headers: { ...GOOD, authorization: 'Bearer k' } }));
    expect(found.join()).toContain(what);
    expect(found.join()).not.toContain('Bearer k');
  });

  it('see a key in the address and do not repeat it', () => {
    const found = problems(ask('/api/v1/models?token=secret')).join();
    expect(found).toContain('a key in the address');
    expect(found).not.toContain('secret');
  });

  it.each([
    ['', 'no User-Agent'],
    ['Mozilla/5.0 civitarium', 'like a browser'],
    ['node', 'names no program'],
    ['undici/8', 'names no program'],
  ])('see the User-Agent "%s"', (agent: string, what: string) => {
    expect(problems(ask('/api/v1/models', { headers: { 'user-agent': agent } })).join()).toContain(what);
  });

  it('see batches that are too large or of the wrong type', () => {
    const post = (path: string, size: number, type: string): string =>
      problems(
        ask(path, {
          method: 'POST',
          headers: { ...GOOD, 'content-type': type },
          body: Array.from({ length: size }, () => 'a'),
        }),
      ).join();
    const batch = '/api/v1/model-versions/by-hash';
    expect(post(batch, 100, 'application/json')).toBe('');
    expect(post(batch, 101, 'application/json')).toContain('more than 100 hashes');
    expect(post(`${batch}/ids`, 10_000, 'application/json; charset=utf-8')).toBe('');
    expect(post(`${batch}/ids`, 10_001, 'application/json')).toContain('more than 10000 hashes');
    expect(post(batch, 1, 'text/plain')).toContain('not application/json');
    const ids = Array.from({ length: 101 }, (_, id) => id).join(',');
    expect(problems(ask(`/api/v1/models?ids=${ids}`)).join()).toContain('more than 100 ids');
  });
});

describe('pace', () => {
  const paced = (): Watch => watchManners({ perMinute: { api: 3 } });

  it('is judged over any minute, host by host', () => {
    const watch = paced();
    for (const at of [0, 1, 30_000, 60_001, 60_002]) watch.begun(ask('/api/v1/models'), at);
    expect(watch.problems()).toEqual([]);
    for (let at = 0; at < 10; at += 1) watch.begun(ask('/xG1nkqKTMzGDvpLrqFT7WA/u/a.jpeg'), at);
    expect(watch.problems()).toEqual([]);
    watch.begun(ask('/api/v1/models'), 60_003);
    expect(watch.problems().join()).toContain('more than 3 requests a minute to api (1 times');
  });

  it('counts requests by endpoint and begins anew', () => {
    const watch = paced();
    watch.begun(ask('/api/v1/models'), 0);
    watch.begun(ask('/standin/problems', { endpoint: 'control', headers: {} }), 0);
    expect(watch.counts()).toEqual({ models: 1, control: 1 });
    expect(watch.problems()).toEqual([]);
    watch.reset();
    expect(watch.counts()).toEqual({});
  });
});

describe('holds', () => {
  it.each([
    ['10', 9_000, true],
    ['10', 10_000, false],
    [new Date(20_000).toUTCString(), 15_000, true],
    [new Date(20_000).toUTCString(), 20_000, false],
  ])('Retry-After %s, asked again after %i ms', (header: string, at: number, early: boolean) => {
    const watch = watchManners();
    watch.ended(ask('/api/v1/models'), sent(429, { 'retry-after': header }));
    watch.begun(ask('/api/v1/models/1'), at);
    expect(watch.problems()).toHaveLength(early ? 1 : 0);
  });

  it('forgive what was on its way, and other hosts', () => {
    const watch = watchManners();
    watch.ended(ask('/api/v1/models'), sent(503, { 'retry-after': '60' }, 1_000));
    watch.begun(ask('/api/v1/models/1'), 1_100);
    watch.begun(ask('/storage/a'), 30_000);
    expect(watch.problems()).toEqual([]);
  });

  it('know the page limit, which no waiting helps', () => {
    const watch = watchManners();
    const beyond = ask('/api/v1/images?page=11&limit=100');
    watch.ended(beyond, sent(429));
    watch.begun(beyond, 99_000);
    expect(watch.problems().join()).toContain('page limit');
  });
});
