import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askJson } from './ask-json.ts';
import type { Asking } from './asking.ts';
import { errorOf, get, ok, openBench, type Answer, type Bench } from './testing/with-net.ts';

let bench: Bench;

beforeEach(() => {
  bench = openBench();
});

afterEach(() => bench.close());

/** CivitScraper's own settings. */
const SEED: Partial<Asking> = { retries: 3, retryDelayMs: 1000, breaker: { failures: 5, resetMs: 60_000 } };

const unknown: Answer = (_asked, response) => void response.writeHead(404).end('{"error":"Model not found"}');
const broken: Answer = (_asked, response) => void response.writeHead(500).end('{"error":"x"}');

describe('the breaker', () => {
  it('opens for all processes on outages, and a probe closes it', async () => {
    let isDown = true;
    const server = await bench.serve((asked, response, before) => {
      if (isDown) response.writeHead(500).end();
      else void ok(asked, response, before);
    });
    const one = bench.open(server.origin, { patienceMs: 1 });
    for (let index = 0; index < 8; index += 1) {
      bench.clock.forward(100);
      await errorOf(askJson(one.send, get(`${server.origin}/x`), JSON.parse));
    }
    const asked = server.asked.length;

    await errorOf(
      askJson(bench.open(server.origin, { patienceMs: 1000 }).send, get(`${server.origin}/x`), JSON.parse),
    );
    expect(server.asked.length).toBe(asked);

    isDown = false;
    await askJson(bench.open(server.origin).send, get(`${server.origin}/x`), JSON.parse);
    expect(server.asked.length).toBe(asked + 1);
  });

  it('does not open on a hundred 404s', async () => {
    const server = await bench.serve(
      (_asked, response) => void response.writeHead(404).end('{"error":"No model with id 1"}'),
    );
    const net = bench.open(server.origin);

    for (let index = 0; index < 100; index += 1) {
      expect((await askJson(net.send, get(`${server.origin}/x`), JSON.parse)).status).toBe(404);
    }
  });

  it('does not open on five unknown files in a row with a threshold of five (B0-7)', async () => {
    const server = await bench.serve((asked, response, before) =>
      (asked.url === '/known' ? ok : unknown)(asked, response, before),
    );
    const net = bench.open(server.origin, { asking: SEED });

    for (let file = 0; file < 5; file += 1)
      expect((await askJson(net.send, get(`${server.origin}/${file}`), JSON.parse)).status).toBe(404);
    const known = await askJson(net.send, get(`${server.origin}/known`), JSON.parse);

    expect(known.status).toBe(200);
    expect(net.tally()).toMatchObject({ total: 6, breakers: [], waitedMs: { total: 0 } });
  });

  it('opens after the configured failures, says until when, half-opens then, and a good answer closes it', async () => {
    let isDown = true;
    const server = await bench.serve((asked, response, before) =>
      (isDown ? broken : ok)(asked, response, before),
    );
    const net = bench.open(server.origin, { asking: { ...SEED, retries: 5 } });
    const at = bench.clock.now();

    const error = await errorOf(askJson(net.send, get(`${server.origin}/x`), JSON.parse));

    expect(error.code).toBe('site-down');
    expect(error.message).toContain('is left alone for');
    expect(error.next).toContain('--patience');
    expect(server.asked).toHaveLength(5);
    const host = new URL(server.origin).host;
    const openedAt = at + 1000 + 2000 + 4000 + 8000;
    const breaker = { endpoint: `${host} models`, failures: 5, halfOpenAt: openedAt + 60_000 };
    expect(net.tally().breakers).toEqual([{ ...breaker, state: 'open' }]);

    bench.clock.forward(60_000);
    expect(net.tally().breakers).toMatchObject([{ state: 'half_open' }]);
    isDown = false;
    await askJson(net.send, get(`${server.origin}/x`), JSON.parse);
    expect(net.tally().breakers).toEqual([]);
  });

  it('keeps away from one endpoint and leaves the others alone', async () => {
    const server = await bench.serve((asked, response, before) =>
      (asked.url === '/bad' ? broken : ok)(asked, response, before),
    );
    const net = bench.open(server.origin, { asking: SEED, patienceMs: 20_000 });
    await errorOf(askJson(net.send, get(`${server.origin}/bad`), JSON.parse));
    await errorOf(askJson(net.send, get(`${server.origin}/bad`), JSON.parse));

    const other = get(`${server.origin}/good`, { endpoint: 'model-versions' });

    expect((await askJson(net.send, other, JSON.parse)).status).toBe(200);
    expect(net.tally().breakers).toHaveLength(1);
  });

  it('waits for the half-open when patience allows it, and the wait is told and counted', async () => {
    let failuresLeft = 5;
    const told: string[] = [];
    const server = await bench.serve((asked, response, before) =>
      (failuresLeft-- > 0 ? broken : ok)(asked, response, before),
    );
    const net = bench.open(server.origin, {
      asking: { ...SEED, retries: 9 },
      patienceMs: 300_000,
      onWait: ({ reason, until }) => {
        told.push(`${reason} ${until - bench.clock.now()}`);
        return () => told.push('over');
      },
    });

    await askJson(net.send, get(`${server.origin}/x`), JSON.parse);

    // A back-off of 16 s runs within the minute.
    expect(net.tally().waitedMs).toMatchObject({ back_off: 31_000, breaker: 44_000, total: 75_000 });
    expect(told.slice(-2)).toEqual([expect.stringMatching(/is left alone for a while 44000$/), 'over']);
  });

  it('leaves answers that are kept readable while it is open (B0-19)', async () => {
    let isDown = false;
    const server = await bench.serve((asked, response, before) =>
      (isDown ? broken : ok)(asked, response, before),
    );
    const remember = { softMs: 1000, hardMs: 3_600_000 };
    const ask = (path: string) =>
      askJson(net.send, get(`${server.origin}/${path}`, { remember }), JSON.parse);
    const net = bench.open(server.origin, { asking: SEED, patienceMs: 30_000 });
    await ask('kept');
    isDown = true;
    await errorOf(ask('other'));
    await errorOf(ask('other'));
    expect(net.tally().breakers).toHaveLength(1);
    const asked = server.asked.length;
    bench.clock.forward(2000);

    expect((await ask('kept')).value).toEqual({ fine: true });

    expect(server.asked).toHaveLength(asked);
    expect(net.tally().cached).toBe(1);
  });
});
