import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../base/log.ts';
import { askJson } from './ask-json.ts';
import { errorOf, get, ok, openBench, type Answer, type Bench } from './testing/with-net.ts';

let bench: Bench;

beforeEach(() => {
  bench = openBench();
});

afterEach(() => bench.close());

const paused: Answer = (_asked, response) => void response.writeHead(503, { 'retry-after': '2' }).end();
const broken: Answer = (_asked, response) => void response.writeHead(500).end();

/** A log that keeps what it is told of finished requests. */
function listening() {
  const lines: Record<string, unknown>[] = [];
  const debug = (message: string, facts?: Record<string, unknown>): void => {
    if (message.endsWith('answered')) lines.push({ message, ...facts });
  };
  return { lines, log: { ...silentLog, debug } };
}

describe('what a request waited for', () => {
  it('is told of each one and added up: pauses, back-offs, the pace', async () => {
    const { lines, log } = listening();
    const answers = [paused, broken, ok];
    const server = await bench.serve((asked, response, before) =>
      (answers[before] ?? ok)(asked, response, before),
    );
    const net = bench.open(server.origin, { log, ratePerMinute: 6 });

    await askJson(net.send, get(`${server.origin}/a`), JSON.parse);
    await askJson(net.send, get(`${server.origin}/b`), JSON.parse);

    expect(lines).toMatchObject([
      {
        message: 'answered',
        endpoint: 'models',
        status: 200,
        from: 'site',
        retries: 2,
        waited: {
          retry_after: { ms: 2000, why: expect.stringMatching(/asks for a pause$/) as string },
          back_off: { ms: 2000, why: expect.stringContaining('answered 500') as string },
          pace: { why: expect.stringContaining('keeping to the pace') as string },
        },
      },
      { message: 'answered', waited: { pace: { ms: 12_000 } } },
    ]);
    const { waitedMs, retried, cached } = net.tally();
    expect([retried, cached]).toEqual([2, 0]);
    expect(waitedMs).toEqual({
      total: 36_000,
      pace: 32_000,
      retry_after: 2000,
      back_off: 2000,
      breaker: 0,
      slot: 0,
    });
  });

  it('is told of one that came to nothing, with the code of its error', async () => {
    const { lines, log } = listening();
    const server = await bench.serve(broken);
    const net = bench.open(server.origin, { log, asking: { retries: 1 } });

    await errorOf(askJson(net.send, get(`${server.origin}/a`), JSON.parse));

    expect(lines).toMatchObject([{ message: 'not answered', error: 'server-error', retries: 1 }]);
  });

  it('says when the answer came out of memory', async () => {
    const { lines, log } = listening();
    const server = await bench.serve(ok);
    const net = bench.open(server.origin, { log });
    const request = get(`${server.origin}/a`, { remember: { hardMs: 1000 } });

    await askJson(net.send, request, JSON.parse);
    await askJson(net.send, request, JSON.parse);

    expect(lines.map(({ from }) => from)).toEqual(['site', 'cache']);
  });

  it('is the place in the queue, too', async () => {
    const server = await bench.serve(async (asked, response, before) => {
      bench.clock.forward(300);
      await ok(asked, response, before);
    });
    const net = bench.open(server.origin, { asking: { concurrency: 1 } });

    await Promise.all(
      ['a', 'b', 'c'].map((path) => askJson(net.send, get(`${server.origin}/${path}`), JSON.parse)),
    );

    // The second waits for the first, the third for both.
    expect(net.tally().waitedMs).toMatchObject({ slot: 900, total: 900 });
  });

  it('is told to the screen when it begins and when it ends, from a second on', async () => {
    const heard: string[] = [];
    const server = await bench.serve((asked, response, before) =>
      (before === 0 ? paused : ok)(asked, response, before),
    );
    const net = bench.open(server.origin, {
      onWait: ({ reason, until }) => {
        heard.push(`${reason} ${until - bench.clock.now()}`);
        return () => heard.push(`over at ${until - bench.clock.now()}`);
      },
    });

    await askJson(net.send, get(`${server.origin}/x`), JSON.parse);

    expect(heard).toEqual([expect.stringMatching(/asks for a pause 2000$/), 'over at 0']);
  });
});

describe('how many at once', () => {
  it('counts all endpoints of the API together, and media apart', async () => {
    let most = 0;
    let underWay = 0;
    const server = await bench.serve(async (asked, response, before) => {
      if (!asked.url.startsWith('/media')) most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (!asked.url.startsWith('/media')) underWay -= 1;
      await ok(asked, response, before);
    });
    const net = bench.open(server.origin, { asking: { concurrency: 2 } });
    const endpoints = ['models', 'images', 'download', 'media', 'model-versions/by-hash'];

    await Promise.all(
      Array.from({ length: 30 }, (_, index) => {
        const endpoint = endpoints[index % endpoints.length] ?? '';
        return askJson(net.send, get(`${server.origin}/${endpoint}`, { endpoint }), JSON.parse);
      }),
    );

    expect(most).toBe(2);
    expect(net.tally().total).toBe(30);
  });
});

describe('the name we give', () => {
  it.each([
    ['CivitScraper/0.2.0', 'CivitScraper/0.2.0'],
    ['Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', 'Civitarium'],
    ['two\r\nlines: x', 'Civitarium'],
  ])('is the configured one unless it does harm: %j', async (userAgent, sent) => {
    const warnings: string[] = [];
    const server = await bench.serve(ok);
    const log = { ...silentLog, warn: (message: string) => warnings.push(message) };

    await askJson(
      bench.open(server.origin, { asking: { userAgent }, log }).send,
      get(`${server.origin}/x`),
      JSON.parse,
    );

    expect(server.asked[0]?.headers['user-agent']).toContain(sent);
    expect(warnings).toHaveLength(sent === userAgent ? 0 : 1);
  });
});
