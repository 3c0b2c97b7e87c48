import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelId, Sha256, VersionId } from '../base/ids.ts';
import { silentLog, type Log } from '../base/log.ts';
import { errorOf, openBench, type Answer, type Bench } from '../net/testing/with-net.ts';
import type { TestServer } from '../net/testing/with-server.ts';
import { createClient, type CivitaiClient, type ClientOptions } from './client.ts';

const A = 'a'.repeat(64) as Sha256;
const B = 'b'.repeat(64) as Sha256;

let bench: Bench;
let server: TestServer;

beforeEach(() => {
  bench = openBench();
});

afterEach(() => bench.close());

async function clientOf(answer: Answer, more: Partial<ClientOptions> = {}): Promise<CivitaiClient> {
  server = await bench.serve(answer);
  const key = more.key === undefined ? {} : { key: more.key };
  const { send } = bench.open(server.origin, key);
  return createClient({
    send,
    apiUrl: `${server.origin}/api/v1`,
    clock: bench.clock,
    log: silentLog,
    ...more,
  });
}

function json(response: ServerResponse, body: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

function noting(): { readonly log: Log; readonly warnings: unknown[] } {
  const warnings: unknown[] = [];
  return { warnings, log: { ...silentLog, warn: (message, facts) => warnings.push({ message, ...facts }) } };
}

describe('hashIds', () => {
  it('sends the bare list and reads hits in any letter case, with or without a model', async () => {
    const body = `[{"modelVersionId":7,"modelId":3,"hash":"${A.toUpperCase()}"},{"modelVersionId":8,"hash":"${B}"},null,{"hash":"x"}]`;
    const client = await clientOf((_asked, response) => json(response, body));

    expect(await client.hashIds([A, B])).toEqual([
      { hash: A, versionId: 7, modelId: 3 },
      { hash: B, versionId: 8, modelId: undefined },
    ]);
    expect(server.asked).toMatchObject([
      { method: 'POST', url: '/api/v1/model-versions/by-hash/ids', body: JSON.stringify([A, B]) },
    ]);
    expect(server.asked[0]?.headers['content-type']).toBe('application/json');
  });

  it('asks nothing about nothing', async () => {
    const client = await clientOf((_asked, response) => json(response, '[]'));

    expect([
      await client.hashIds([]),
      await client.versionsByHashes([]),
      await client.modelsByIds([], 'wide'),
    ]).toEqual([[], [], []]);
    expect(server.asked).toEqual([]);
  });

  it('never takes an error, a page or a cut list for "none of them"', async () => {
    const bad = ['{"error":"busy"}', '<html>', `[{"modelVersionId":7`, '', 'null'];
    const client = await clientOf((_asked, response, before) => json(response, bad[before] ?? '[]'));

    expect(await client.hashIds([A])).toEqual([]);
    expect(server.asked).toHaveLength(6);
  });
});

describe('versionsByHashes', () => {
  it('refuses more at once than the site takes, before asking', async () => {
    const client = await clientOf((_asked, response) => json(response, '[]'));

    await expect(client.versionsByHashes(Array.from({ length: 101 }, () => A))).rejects.toThrow(RangeError);
    await expect(client.hashIds(Array.from({ length: 10_001 }, () => A))).rejects.toThrow(RangeError);
    expect(server.asked).toEqual([]);
  });

  it('drops nulls, merges doubles, leaves what can not be read out, and keeps each text as it came', async () => {
    const { log, warnings } = noting();
    const first =
      '{ "id":7,"modelId":3, "big":18446744073709551615,"files":[{"id":1,"downloadUrl":"https://undefined/api/download/models/7"}]}';
    const client = await clientOf(
      (_asked, response) => json(response, `[null, ${first} ,{"id":8},{"id":7},{"name":"?"},null]`),
      { log },
    );

    const items = await client.versionsByHashes([A, B]);

    expect(items.map((item) => item.value.id)).toEqual([7, 8]);
    expect(items[0]?.raw).toBe(first);
    expect(warnings).toHaveLength(1);
  });
});

describe('single questions', () => {
  it('give undefined for the API’s own 404 and for nothing else', async () => {
    const client = await clientOf((asked, response) => {
      if (asked.url.endsWith('/models/1')) json(response, '{"error":"No model with id 1"}', 404);
      else if (asked.url.endsWith('/models/2')) json(response, '{"error":"Failed"}', 500);
      else if (asked.url.endsWith('/models/3'))
        json(response, '{"error":{"name":"ZodError","message":"[]"}}', 400);
      else if (asked.url.endsWith('/models/4')) json(response, '{"id":5}');
      else if (asked.url.endsWith('/models/6'))
        response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
      else json(response, '{"error":"x","code":"REGION_BLOCKED"}', 451);
    });

    expect(await client.model(1 as ModelId)).toBeUndefined();
    expect((await errorOf(client.model(2 as ModelId))).status).toBe(500);
    expect((await errorOf(client.model(3 as ModelId))).code).toBe('bad-request');
    bench.clock.forward(3_600_000);
    expect((await errorOf(client.model(4 as ModelId))).code).not.toBe('not-found');
    bench.clock.forward(3_600_000);
    expect((await errorOf(client.model(6 as ModelId))).code).not.toBe('not-found');
    expect((await errorOf(client.model(7 as ModelId))).code).toBe('region-blocked');
  });

  it('ask under the right addresses and give the whole text', async () => {
    const client = await clientOf((asked, response) => {
      json(response, asked.url.includes('/models/') ? ' {"id":3,"name":"m"} \n' : '{"id":7, "modelId":3}');
    });

    expect(await client.model(3 as ModelId)).toMatchObject({
      raw: '{"id":3,"name":"m"}',
      value: { id: 3, name: 'm' },
    });
    expect((await client.version(7 as VersionId))?.raw).toBe('{"id":7, "modelId":3}');
    expect((await client.versionByHash('FF51B7D4'))?.value.id).toBe(7);
    expect(server.asked.map((asked) => asked.url)).toEqual([
      '/api/v1/models/3',
      '/api/v1/model-versions/7',
      '/api/v1/model-versions/by-hash/FF51B7D4',
    ]);
  });
});

describe('modelsByIds', () => {
  it('asks wide or as the site does by itself, and believes no model it did not ask for', async () => {
    const client = await clientOf((_asked, response) =>
      json(response, '{"items":[{"id":3},{"id":3},{"id":99}],"metadata":{}}'),
    );

    const wide = await client.modelsByIds([3, 4] as ModelId[], 'wide');
    await client.modelsByIds([3, 4] as ModelId[], 'default');

    expect(wide.map((item) => item.value.id)).toEqual([3]);
    expect(server.asked.map((asked) => asked.url)).toEqual([
      '/api/v1/models?ids=3,4&limit=100&nsfw=true&archived=true',
      '/api/v1/models?ids=3,4&limit=100',
    ]);
  });
});

describe('images', () => {
  it('walks by cursor on its own address, past empty pages, to the end', async () => {
    const uuid = '0b8e6a2c-1111-4222-8333-0123456789ab';
    const client = await clientOf((asked, response) => {
      const cursor = new URL(asked.url, 'http://x').searchParams.get('cursor');
      const item = `{"id":${cursor ?? 1},"url":"https://image.civitai.com/x/${uuid}/a.jpeg","meta":{"seed":18446744073709551615}}`;
      if (cursor === null)
        json(
          response,
          `{"items":[${item}],"metadata":{"nextPage":"${server.origin}/elsewhere?token=t&cursor=2"}}`,
        );
      else if (cursor === '2') json(response, '{"items":[],"metadata":{"nextCursor":"3"}}');
      else json(response, `{"items":[${item},{"id":4}],"metadata":{}}`);
    });
    const ids: unknown[] = [];
    const seeds: unknown[] = [];

    for await (const page of client.images({ username: 'x', tags: [1, 2] })) {
      ids.push(...page.items.map((item) => item.value.id));
      seeds.push(...page.items.map((item) => item.value.meta?.seed));
    }

    expect(ids).toEqual([1, 3]);
    expect(seeds).toEqual(['18446744073709551615', '18446744073709551615']);
    expect(server.asked.map((asked) => asked.url)).toEqual([
      '/api/v1/images?limit=200&browsingLevel=31&username=x&tags=1&tags=2',
      '/api/v1/images?limit=200&browsingLevel=31&username=x&tags=1&tags=2&cursor=2',
      '/api/v1/images?limit=200&browsingLevel=31&username=x&tags=1&tags=2&cursor=3',
    ]);
  });

  it('takes a walk up again where it was left', async () => {
    const client = await clientOf((_asked, response) => json(response, '{"items":[],"metadata":{}}'));

    for await (const page of client.modelsOf({ username: 'x' }, 'a|b')) expect(page.cursor).toBe('a|b');

    expect(server.asked[0]?.url).toBe('/api/v1/models?limit=100&username=x&cursor=a%7Cb');
  });
});

describe('me', () => {
  it('is asked once per key, also by the next run, and again after a day', async () => {
    const client = await clientOf((_asked, response) => json(response, '{"id":1,"username":"someone"}'), {
      key: 'K',
    });

    expect(await client.me()).toEqual({ username: 'someone' });
    expect(await client.me()).toEqual({ username: 'someone' });
    const { send } = bench.open(server.origin, { key: 'K' });
    const later = createClient({
      send,
      apiUrl: `${server.origin}/api/v1`,
      key: 'K',
      clock: bench.clock,
      log: silentLog,
    });
    expect(await later.me()).toEqual({ username: 'someone' });
    expect(server.asked.map((asked) => asked.headers.authorization)).toEqual(['Bearer K']);

    bench.clock.forward(25 * 3_600_000);
    await later.me();
    expect(server.asked).toHaveLength(2);
  });

  it('says that the key is refused, and asks no second time', async () => {
    const client = await clientOf((_asked, response) => json(response, '{"error":"Unauthorized"}', 401), {
      key: 'very-secret',
    });

    const errors = [await errorOf(client.me()), await errorOf(client.me())];

    expect(errors.map((error) => error.code)).toEqual(['key-refused', 'key-refused']);
    expect(JSON.stringify([errors[0]?.message, errors[0]?.next, errors[0]?.url])).not.toContain(
      'very-secret',
    );
    expect(server.asked).toHaveLength(1);
  });

  it('asks nothing without a key', async () => {
    const client = await clientOf((_asked, response) => json(response, '{}'));

    expect(await client.me()).toBeUndefined();
    expect(server.asked).toEqual([]);
  });
});

describe('enums', () => {
  it('gives the lists of names and keeps them for a day', async () => {
    const client = await clientOf((_asked, response) => json(response, '{"BaseModel":["SD 1.5",3],"x":1}'));

    expect(await client.enums()).toEqual({ BaseModel: ['SD 1.5'] });
    await client.enums();
    expect(server.asked).toHaveLength(1);
  });
});
