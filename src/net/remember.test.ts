import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askJson } from './ask-json.ts';
import { DEFAULT_ASKING } from './asking.ts';
import { leastRecent } from './least-recent.ts';
import type { Net } from './stack.ts';
import type { Kept } from './state.ts';
import { errorOf, get, ok, openBench, type Bench } from './testing/with-net.ts';

let bench: Bench;

beforeEach(() => {
  bench = openBench();
});

afterEach(() => bench.close());

const cacheOf = (validityMs: number, folder?: string) => ({
  asking: { cache: { ...DEFAULT_ASKING.cache, validityMs, folder } },
});

describe('what is remembered', () => {
  const ages = { softMs: 1000, hardMs: 10_000, negativeMs: 500 };

  it('is served while young, asked for again later, and served old when the host fails', async () => {
    let isDown = false;
    const server = await bench.serve((asked, response, before) => {
      if (isDown) response.writeHead(500).end();
      else void ok(asked, response, before);
    });
    const ask = async (net: Net): Promise<unknown> =>
      (await askJson(net.send, get(`${server.origin}/x`, { remember: ages }), JSON.parse)).value;

    expect(await ask(bench.open(server.origin))).toEqual({ fine: true });
    expect(await ask(bench.open(server.origin))).toEqual({ fine: true });
    expect(server.asked).toHaveLength(1);

    bench.clock.forward(2000);
    isDown = true;
    expect(await ask(bench.open(server.origin, { patienceMs: 10 }))).toEqual({ fine: true });
    expect(server.asked.length).toBeGreaterThan(1);

    bench.clock.forward(20_000);
    await errorOf(ask(bench.open(server.origin, { patienceMs: 10 })));
  });

  it('keeps a miss for its own time, and one key’s answers from another', async () => {
    const server = await bench.serve((_asked, response) => void response.writeHead(404).end('{"error":"x"}'));
    const ask = async (key: string): Promise<number> =>
      (
        await askJson(
          bench.open(server.origin, { key }).send,
          get(`${server.origin}/x`, { remember: ages }),
          JSON.parse,
        )
      ).status;

    await ask('a');
    expect(await ask('a')).toBe(404);
    expect(server.asked).toHaveLength(1);
    await ask('b');
    expect(server.asked).toHaveLength(2);
    bench.clock.forward(600);
    await ask('a');
    expect(server.asked).toHaveLength(3);
  });

  it('is young for the configured validity, also in the memory of one process (B0-19)', async () => {
    const server = await bench.serve(ok);
    const net = bench.open(server.origin, cacheOf(60_000));
    const ask = () => askJson(net.send, get(`${server.origin}/x`, { remember: { hardMs: 0 } }), JSON.parse);

    await ask();
    bench.clock.forward(59_999);
    await ask();
    expect(server.asked).toHaveLength(1);
    expect(net.tally().cached).toBe(1);
    bench.clock.forward(1);
    await ask();
    expect(server.asked).toHaveLength(2);
  });

  it('is not read but written when a refresh is forced', async () => {
    const server = await bench.serve(ok);
    const remember = { hardMs: 60_000 };
    const ask = (net: Net) => askJson(net.send, get(`${server.origin}/x`, { remember }), JSON.parse);
    await ask(bench.open(server.origin));
    bench.clock.forward(DEFAULT_ASKING.cache.validityMs - 1);

    await ask(bench.open(server.origin, { forceRefresh: true }));
    bench.clock.forward(2);
    await ask(bench.open(server.origin));

    expect(server.asked).toHaveLength(2);
  });

  it('lies in the configured folder, and the pace with the state all the same', async () => {
    const server = await bench.serve(ok);
    const folder = join(bench.folder, 'answers here');
    const ask = async (): Promise<void> => {
      const net = bench.open(server.origin, cacheOf(60_000, folder));
      await askJson(net.send, get(`${server.origin}/x`, { remember: { hardMs: 60_000 } }), JSON.parse);
    };

    await ask();
    await ask();

    expect(server.asked).toHaveLength(1);
    expect(existsSync(join(folder, 'answers.db'))).toBe(true);
    expect(existsSync(join(bench.folder, 'state.db'))).toBe(true);
  });
});

describe('the answers in memory', () => {
  const kept = (text: string): Kept => ({
    storedAt: 1,
    seenAt: 1,
    status: 200,
    contentType: undefined,
    text,
  });

  it('are no more than so many, and the one unused for longest goes first', async () => {
    const looked: string[] = [];
    const store = leastRecent(
      { keep: () => Promise.resolve(), recall: (key) => Promise.resolve(void looked.push(key)) },
      2,
    );
    for (const key of ['a', 'b']) await store.keep(key, kept(key), 9);
    await store.recall('a');
    await store.keep('c', kept('c'), 9);

    const found = await Promise.all(['a', 'b', 'c'].map(async (key) => (await store.recall(key))?.text));

    expect(found).toEqual(['a', undefined, 'c']);
    expect(looked).toEqual(['b']);
  });

  it('are none when none are wanted', async () => {
    const store = leastRecent({ keep: () => Promise.resolve(), recall: () => Promise.resolve(undefined) }, 0);

    await store.keep('a', kept('a'), 9);

    expect(await store.recall('a')).toBeUndefined();
  });
});
