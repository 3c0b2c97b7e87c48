import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { askJson } from './ask-json.ts';

import { errorOf, get, ok, openBench, type Answer, type Bench } from './testing/with-net.ts';
import { handClock } from './testing/with-server.ts';

let bench: Bench;

beforeEach(() => {
  bench = openBench();
});

afterEach(() => bench.close());

describe('asking again', () => {
  it.each<[string, Answer]>([
    ['500', (_asked, response) => void response.writeHead(500).end('{"error":"x"}')],
    ['408', (_asked, response) => void response.writeHead(408).end()],
    ['a reset', (_asked, response) => void response.destroy()],
    [
      'a body cut short',
      (_asked, response) =>
        void response.writeHead(200, { 'content-length': 99 }).write('{"fi', () => response.destroy()),
    ],
    ['JSON cut short in a whole body', (_asked, response) => void response.end('{"fine":tr')],
    [
      'an HTML page with 200',
      (_asked, response) => void response.setHeader('content-type', 'text/html').end('<html>'),
    ],
    [
      'a challenge',
      (_asked, response) =>
        void response.writeHead(403, { 'content-type': 'text/html; charset=utf-8' }).end('<html>'),
    ],
    [
      'a 404 page of HTML',
      (_asked, response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('<html>'),
    ],
    ['an empty body', (_asked, response) => void response.end()],
  ])('mends %s', async (_name, fault) => {
    const server = await bench.serve((asked, response, before) =>
      (before < 2 ? fault : ok)(asked, response, before),
    );
    const net = bench.open(server.origin);

    const answer = await askJson(net.send, get(`${server.origin}/x`), JSON.parse);

    expect(answer.value).toEqual({ fine: true });
    expect(bench.clock.sleeps.filter((ms) => ms >= 500)).toEqual([1000, 2000]);
    expect(net.tally().total).toBe(3);
  });

  it('tries no more often than a request says, and gives its own failure', async () => {
    const server = await bench.serve((_asked, response) => void response.writeHead(500).end('{"error":"x"}'));
    const net = bench.open(server.origin);

    const error = await errorOf(askJson(net.send, get(`${server.origin}/x`, { attempts: 2 }), JSON.parse));

    expect(error).toMatchObject({ code: 'server-error' });
    expect(net.tally().total).toBe(2);
  });

  it.each(['2', 'date'])('waits as long as Retry-After says (%s), for the whole host', async (form) => {
    const until = new Date(bench.clock.now() + 2000 - (bench.clock.now() % 1000)).toUTCString();
    const server = await bench.serve((asked, response, before) => {
      if (before > 0) return ok(asked, response, before);
      response.writeHead(429, { 'retry-after': form === '2' ? '2' : until }).end('{"error":"x"}');
    });
    const begun = bench.clock.now();

    await askJson(bench.open(server.origin).send, get(`${server.origin}/x`), JSON.parse);

    expect(bench.clock.now() - begun).toBeGreaterThanOrEqual(form === '2' ? 2000 : 1000);
    expect(bench.clock.now() - begun).toBeLessThan(2600);
  });

  it('makes another process wait for the pause this one was told of', async () => {
    const server = await bench.serve((asked, response, before) => {
      if (before > 0) return ok(asked, response, before);
      response.writeHead(429, { 'retry-after': '30' }).end();
    });
    const stopped = handClock(bench.clock.now());
    const one = bench.open(server.origin, {
      clock: { now: stopped.now, sleep: () => Promise.reject(new Error('asleep')) },
    });
    await expect(askJson(one.send, get(`${server.origin}/x`), JSON.parse)).rejects.toThrow('asleep');

    await askJson(
      bench.open(server.origin).send,
      get(`${server.origin}/y`, { endpoint: 'media' }),
      JSON.parse,
    );

    expect(bench.clock.sleeps).toEqual([30_000]);
  });

  it('makes other workers of this process wait too, at once', async () => {
    const server = await bench.serve((asked, response, before) => {
      if (before !== 1) return ok(asked, response, before);
      response.writeHead(503, { 'retry-after': '30' }).end();
    });
    const sleep = (): Promise<void> => Promise.reject(new Error('asleep'));
    const net = bench.open(server.origin, { clock: { now: bench.clock.now, sleep } });
    await askJson(net.send, get(`${server.origin}/a`), JSON.parse);

    await expect(askJson(net.send, get(`${server.origin}/b`), JSON.parse)).rejects.toThrow('asleep');
    await expect(askJson(net.send, get(`${server.origin}/c`), JSON.parse)).rejects.toThrow('asleep');

    expect(server.asked.map((asked) => asked.url)).toEqual(['/a', '/b']);
  });

  it.each([
    ['at once', (response: ServerResponse): void => void response.end('{"error":"x"}')],
    [
      'slowly',
      (response: ServerResponse): void => {
        response.write('{"error":');
        setTimeout(() => response.end('"x"}'), 200);
      },
    ],
  ])('keeps back who waits for a slot when a pause is asked for, its body sent %s', async (_how, send) => {
    const begun = bench.clock.now();
    const askedAt: number[] = [];
    const server = await bench.serve((asked, response, before) => {
      askedAt.push(bench.clock.now() - begun);
      if (before > 0) return ok(asked, response, before);
      response.writeHead(503, { 'retry-after': '30' });
      send(response);
    });
    // A clock that lets what is on its way arrive before it moves.
    const sleep = async (ms: number): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await bench.clock.sleep(ms);
    };
    const net = bench.open(server.origin, {
      mediaConcurrency: 1,
      clock: { now: bench.clock.now, sleep },
    });
    const ask = (path: string): Promise<unknown> =>
      askJson(net.send, get(`${server.origin}/${path}`, { endpoint: 'media' }), JSON.parse);

    await Promise.all([ask('a'), ask('b'), ask('c')]);

    expect(askedAt).toHaveLength(4);
    expect(Math.min(...askedAt.slice(1))).toBeGreaterThanOrEqual(30_000);
  });

  it('says that a page came for data when nothing else ever comes', async () => {
    const server = await bench.serve(
      (_asked, response) => void response.setHeader('content-type', 'text/html').end('<html>'),
    );

    const error = await errorOf(
      askJson(bench.open(server.origin).send, get(`${server.origin}/x`), JSON.parse),
    );

    expect(error.code).toBe('site-challenge');
  });

  it('takes a pause longer than the patience for an error, at once', async () => {
    const server = await bench.serve(
      (_asked, response) => void response.writeHead(429, { 'retry-after': '3600' }).end(),
    );

    const error = await errorOf(
      askJson(bench.open(server.origin).send, get(`${server.origin}/x`), JSON.parse),
    );
    const next = await errorOf(
      askJson(bench.open(server.origin).send, get(`${server.origin}/x`), JSON.parse),
    );

    expect([error.code, next.code]).toEqual(['rate-limited', 'rate-limited']);
    expect(server.asked).toHaveLength(1);
    expect(bench.clock.sleeps).toEqual([]);
  });

  it('never repeats the page-limit 429', async () => {
    const body = `{"error":"You've requested too many pages, please use cursors instead"}`;
    const server = await bench.serve((_asked, response) => void response.writeHead(429).end(body));

    const error = await errorOf(
      askJson(bench.open(server.origin).send, get(`${server.origin}/x`), JSON.parse),
    );

    expect([error.code, error.permanent]).toEqual(['page-limit', true]);
    expect(server.asked).toHaveLength(1);
  });

  it.each([
    [500, 'site-down'],
    [429, 'rate-limited'],
  ])(
    'gives a host that only says %s up when patience ends, not much before and not much after',
    async (status, code) => {
      const server = await bench.serve((_asked, response) => void response.writeHead(status).end());
      const begun = bench.clock.now();

      const error = await errorOf(
        askJson(bench.open(server.origin).send, get(`${server.origin}/x`), JSON.parse),
      );

      expect(error.code).toBe(code);
      expect(error.exitCode).toBe(4);
      expect(bench.clock.now() - begun).toBeGreaterThanOrEqual(60_000);
      expect(bench.clock.now() - begun).toBeLessThan(60_100);
    },
  );

  it('gives up at once on what no connection is ever made to, once patience has passed', async () => {
    const server = await bench.serve(ok);
    await server.close();
    const net = bench.open(server.origin, { patienceMs: 5000 });

    const first = await errorOf(askJson(net.send, get(`${server.origin}/x`), JSON.parse));
    const slept = bench.clock.sleeps.length;
    const second = await errorOf(askJson(net.send, get(`${server.origin}/x`), JSON.parse));

    expect([first.code, second.code]).toEqual(['site-down', 'site-down']);
    expect(bench.clock.sleeps.length).toBe(slept);
  });

  it('loses only the one request that always fails while the host answers others', async () => {
    const server = await bench.serve((asked, response, before) => {
      if (asked.url === '/bad') response.writeHead(500).end();
      else void ok(asked, response, before);
    });
    const net = bench.open(server.origin);
    const good = async (): Promise<void> =>
      void (await askJson(net.send, get(`${server.origin}/good`, { endpoint: 'media' }), JSON.parse));
    let busy = true;
    const others = (async () => {
      while (busy) await good();
    })();

    const error = await errorOf(askJson(net.send, get(`${server.origin}/bad`), JSON.parse));
    busy = false;
    await others;

    expect(error.code).toBe('server-error');
    expect(server.asked.filter((asked) => asked.url === '/bad')).toHaveLength(10);
  });
});
