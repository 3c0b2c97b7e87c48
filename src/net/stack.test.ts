import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InterruptedError } from '../base/errors.ts';
import { askJson } from './ask-json.ts';
import { EMPTY_TALLY } from './tally.ts';
import { errorOf, get, ok, openBench, type Bench } from './testing/with-net.ts';

let bench: Bench;

beforeEach(() => {
  bench = openBench();
});

afterEach(() => bench.close());

describe('the key and the name', () => {
  it('gives the key to the API only, and a name that is no browser to all', async () => {
    const server = await bench.serve(ok);
    const net = bench.open(server.origin, { key: 'K' });

    await askJson(net.send, get(`${server.origin}/api/v1/models`), JSON.parse);
    await askJson(net.send, get(`${server.origin}/image.jpeg`, { endpoint: 'media' }), JSON.parse);

    expect(server.asked.map((asked) => asked.headers.authorization)).toEqual(['Bearer K', undefined]);
    expect(server.asked[0]?.headers['user-agent']).toMatch(/^Civitarium\/[\d.]+ /);
    expect(server.asked[0]?.headers['user-agent']).not.toMatch(/mozilla|chrome|safari|firefox|opera|edge/i);
  });

  it('never gives the key to another origin, even when the caller asks for it', async () => {
    const api = await bench.serve(ok);
    const other = await bench.serve(ok);
    const net = bench.open(api.origin, { key: 'K' });

    await askJson(net.send, get(`${other.origin}/x`, { headers: { authorization: 'Bearer K' } }), JSON.parse);

    expect(other.asked[0]?.headers.authorization).toBeUndefined();
  });

  it('sends the key no more once it is dropped', async () => {
    const server = await bench.serve(ok);
    const net = bench.open(server.origin, { key: 'K' });

    await askJson(net.send, get(`${server.origin}/x`), JSON.parse);
    net.dropKey();
    await askJson(net.send, get(`${server.origin}/y`), JSON.parse);

    expect(server.asked.map((asked) => asked.headers.authorization)).toEqual(['Bearer K', undefined]);
  });

  it('sends no key where none is set', async () => {
    const server = await bench.serve(ok);

    await askJson(bench.open(server.origin).send, get(`${server.origin}/x`), JSON.parse);

    expect(server.asked[0]?.headers.authorization).toBeUndefined();
  });
});

describe('redirects', () => {
  it('follows a download to storage without the key', async () => {
    const storage = await bench.serve((_asked, response) => void response.end('bytes'));
    const api = await bench.serve(
      (_asked, response) =>
        void response.writeHead(307, { location: `${storage.origin}/f?X-Amz-Signature=s` }).end(),
    );
    const net = bench.open(api.origin, { key: 'K' });

    const response = await net.send(get(`${api.origin}/api/download/models/1`, { endpoint: 'download' }));
    response.body.resume();

    expect(response.status).toBe(200);
    expect(response.url).not.toContain('Signature=s');
    expect(api.asked[0]?.headers.authorization).toBe('Bearer K');
    expect(storage.asked[0]?.headers.authorization).toBeUndefined();
    expect(net.tally()).toMatchObject({ total: 2, byEndpoint: { download: 1, storage: 1 } });
  });

  it('takes a download sent to a login page for a refusal', async () => {
    const server = await bench.serve(
      (_asked, response) => void response.writeHead(307, { location: '/login?reason=download-auth' }).end(),
    );

    const error = await errorOf(
      bench.open(server.origin).send(get(`${server.origin}/api/download/models/1`, { endpoint: 'download' })),
    );

    expect(error.code).toBe('login-required');
    expect(server.asked).toHaveLength(1);
  });

  it('ends a loop after five hops', async () => {
    const server = await bench.serve(
      (_asked, response) => void response.writeHead(302, { location: '/again' }).end(),
    );

    const error = await errorOf(bench.open(server.origin).send(get(`${server.origin}/a`)));

    expect(error.code).toBe('too-many-redirects');
    expect(server.asked).toHaveLength(6);
  });

  it('follows none into a private network', async () => {
    const server = await bench.serve(
      (_asked, response) => void response.writeHead(302, { location: 'https://10.0.0.1/x' }).end(),
    );

    const error = await errorOf(bench.open(server.origin).send(get(`${server.origin}/a`)));

    expect(error.code).toBe('address-refused');
  });
});

describe('the rest of the manners', () => {
  it('reads compressed answers and believes the age of the edge', async () => {
    const server = await bench.serve((_asked, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', age: '120' }).end(gzipSync('{"fine":true}'));
    });

    const answer = await askJson(bench.open(server.origin).send, get(`${server.origin}/x`), JSON.parse);

    expect(answer.value).toEqual({ fine: true });
    expect(answer.seenAt).toBe(bench.clock.now() - 120_000);
  });

  it('keeps to the rate, waits and retries included', async () => {
    const server = await bench.serve(ok);
    const net = bench.open(server.origin, { ratePerMinute: 60 });
    const begun = bench.clock.now();

    for (let index = 0; index < 130; index += 1)
      await askJson(net.send, get(`${server.origin}/${index}`), JSON.parse);

    expect(bench.clock.now() - begun).toBeGreaterThan(120_000);
    expect(bench.clock.now() - begun).toBeLessThan(180_000);
  });

  it('has no more media requests under way than allowed, bodies included', async () => {
    let most = 0;
    let underWay = 0;
    const server = await bench.serve(async (_asked, response) => {
      underWay += 1;
      most = Math.max(most, underWay);
      response.write('x');
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay -= 1;
      response.end('y');
    });
    const net = bench.open(server.origin, { mediaConcurrency: 3 });
    const one = async (): Promise<void> => {
      const response = await net.send(get(`${server.origin}/i`, { endpoint: 'media' }));
      for await (const _chunk of response.body) continue;
    };

    await Promise.all(Array.from({ length: 20 }, one));

    expect(most).toBe(3);
  });

  it('stops when it is told to, while asking and while waiting', async () => {
    const stop = new AbortController();
    const server = await bench.serve((_asked, _response) => setTimeout(() => stop.abort(), 10) && undefined);
    const net = bench.open(server.origin, { signal: stop.signal });

    await expect(askJson(net.send, get(`${server.origin}/x`), JSON.parse)).rejects.toThrow(InterruptedError);
    await expect(askJson(net.send, get(`${server.origin}/x`), JSON.parse)).rejects.toThrow(InterruptedError);
    expect(server.asked).toHaveLength(1);
  });

  it('goes on alone when the shared state can not be opened', async () => {
    const server = await bench.serve(ok);
    const net = bench.open(server.origin, { stateFile: bench.folder });

    expect((await askJson(net.send, get(`${server.origin}/x`), JSON.parse)).value).toEqual({ fine: true });
  });

  it('touches neither disk nor network until the first request', async () => {
    const net = bench.open('http://127.0.0.1:9', { stateFile: join(bench.folder, 'untouched', 'state.db') });

    await net.close();

    expect(net.tally()).toEqual(EMPTY_TALLY);
    expect(existsSync(join(bench.folder, 'untouched'))).toBe(false);
  });
});
