import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Sha256 } from '../base/ids.ts';
import { AppError } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import type { Checks } from './body-checks.ts';
import type { Origin } from './resume-rule.ts';
import { resume, type Part } from './resume.ts';
import { openNet, type Net } from './stack.ts';
import { handClock, startServer, type Asked, type TestServer } from './testing/with-server.ts';

const BYTES = Buffer.from('A small file, sixty-four bytes of it, each one a place to be cut.');
const OTHER = Buffer.from(BYTES.toString().toUpperCase());
const KEY = 'k'.repeat(32);

let servers: TestServer[] = [];
let net: Net;

type Answer = Parameters<typeof startServer>[0];

async function serve(answer: Answer): Promise<TestServer> {
  const server = await startServer(answer);
  servers.push(server);
  if (servers.length > 1) return server;
  net = openNet({
    apiUrl: `${server.origin}/api/v1`,
    key: KEY,
    stateFile: ':memory:',
    clock: handClock(),
    chance: () => 0,
    log: silentLog,
    patienceMs: 20_000,
  });
  return server;
}

afterEach(async () => {
  await net.close();
  for (const server of servers) await server.close();
  servers = [];
});

/** A part in memory that begins with what a former run kept. */
function partWith(kept: Uint8Array = new Uint8Array(0)): Part & { readonly all: () => Buffer } {
  let all = Buffer.from(kept);
  return {
    get size() {
      return all.length;
    },
    digest: () => sha256(all),
    write: (chunk) => void (all = Buffer.concat([all, chunk])),
    restart: () => void (all = Buffer.alloc(0)),
    all: () => all,
  };
}

function sha256(bytes: Uint8Array): Sha256 {
  return createHash('sha256').update(bytes).digest('hex') as Sha256;
}

function fetchInto(part: Part, checks: Checks = {}, origin?: Origin): Promise<unknown> {
  const url = `${servers[0]?.origin ?? ''}/api/download/models/1?fileId=2`;
  return resume(net.send, { method: 'GET', url, endpoint: 'download' }, part, { checks, origin });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof AppError ? error.code : String(error);
}

/** Answers as storage does: the range that is asked for, or all. */
function store(bytes: Uint8Array, { headers }: Asked, response: ServerResponse, etag = '"1"'): void {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  response.setHeader('content-type', 'application/octet-stream');
  if (from >= bytes.length && from > 0) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  response.setHeader('etag', etag).setHeader('content-length', bytes.length - from);
  if (headers.range !== undefined)
    response.writeHead(206, { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` });
  response.end(bytes.subarray(from));
}

const ranges = (): (string | undefined)[] => (servers[0]?.asked ?? []).map(({ headers }) => headers.range);

describe('a body that is cut', () => {
  it('is gone on with from every byte it may be cut at, without asking for one byte twice', async () => {
    let cutAt = 0;
    await serve((asked, response) => {
      if (asked.headers.range !== undefined || cutAt === BYTES.length) return store(BYTES, asked, response);
      response.setHeader('etag', '"1"').setHeader('content-length', BYTES.length);
      response.flushHeaders();
      if (cutAt === 0) response.socket?.destroy();
      else response.write(BYTES.subarray(0, cutAt), () => setImmediate(() => response.socket?.destroy()));
    });
    const wrong: number[] = [];

    for (cutAt = 1; cutAt <= BYTES.length; cutAt += 1) {
      const part = partWith();
      await fetchInto(part, { sha256: sha256(BYTES) });
      if (!part.all().equals(BYTES)) wrong.push(cutAt);
    }

    expect(wrong).toEqual([]);
    const asked = ranges().filter((range) => range !== undefined);
    expect(asked).toEqual(
      BYTES.subarray(1)
        .toString()
        .split('')
        .map((_, index) => `bytes=${index + 1}-`),
    );
  });

  it('comes to its end however often it is cut, as long as each try brings a byte', async () => {
    await serve((asked, response) => {
      const from = Number(/\d+/.exec(asked.headers.range ?? '0')?.[0]);
      response.setHeader('etag', '"1"').setHeader('content-length', BYTES.length - from);
      if (from > 0)
        response.writeHead(206, { 'content-range': `bytes ${from}-${BYTES.length - 1}/${BYTES.length}` });
      response.write(BYTES.subarray(from, from + 1), () => setImmediate(() => response.socket?.destroy()));
      if (from + 1 === BYTES.length) response.end();
    });
    const part = partWith();

    await fetchInto(part);

    expect(part.all().equals(BYTES)).toBe(true);
    expect(servers[0]?.asked.length).toBe(BYTES.length);
  });

  it('stays as far as it came when the host is gone for good', async () => {
    await serve((_asked, response, before) => {
      if (before > 0) return void response.socket?.destroy();
      response.setHeader('content-length', BYTES.length);
      response.write(BYTES.subarray(0, 20), () => setImmediate(() => response.socket?.destroy()));
    });
    const part = partWith();

    expect(await codeOf(fetchInto(part))).toMatch(/no-connection|site-down/);
    expect(part.all().equals(BYTES.subarray(0, 20))).toBe(true);
  });
});

describe('a part that was kept', () => {
  const kept = BYTES.subarray(0, 20);
  const origin = { validator: '"1"', total: BYTES.length };

  it('is gone on with when validator and length agree, with no hash to prove it', async () => {
    await serve((asked, response) => store(BYTES, asked, response));
    const part = partWith(kept);

    await fetchInto(part, {}, origin);

    expect(part.all().equals(BYTES)).toBe(true);
    expect(ranges()).toEqual(['bytes=20-']);
  });

  it('is dropped when the file on the server is another one by now', async () => {
    await serve((asked, response) => store(OTHER, asked, response, '"2"'));
    const part = partWith(kept);

    await fetchInto(part, {}, origin);

    expect(part.all().equals(OTHER)).toBe(true);
    expect(ranges()).toEqual(['bytes=20-', undefined]);
  });

  it('is dropped when it is not known of which body it is and nothing can prove it', async () => {
    await serve((asked, response) => store(BYTES, asked, response));
    const part = partWith(OTHER.subarray(0, 20));

    await fetchInto(part);

    expect(part.all().equals(BYTES)).toBe(true);
  });

  it('is gone on with under another signed address when the promised hash proves the whole', async () => {
    await serve((asked, response) => store(BYTES, asked, response, '"other store, same bytes"'));
    const part = partWith(kept);

    await fetchInto(part, { sha256: sha256(BYTES) }, origin);

    expect(ranges()).toEqual(['bytes=20-']);
  });

  it('is begun anew when the promised hash proves that it was of other bytes', async () => {
    await serve((asked, response) => store(BYTES, asked, response));
    const part = partWith(OTHER.subarray(0, 20));

    await fetchInto(part, { sha256: sha256(BYTES) }, origin);

    expect(part.all().equals(BYTES)).toBe(true);
    expect(ranges()).toEqual(['bytes=20-', undefined]);
  });

  it('is replaced when the host ignores ranges', async () => {
    await serve((_asked, response) => void response.setHeader('etag', '"1"').end(BYTES));
    const part = partWith(kept);

    await fetchInto(part, {}, origin);

    expect(part.all().equals(BYTES)).toBe(true);
  });

  it.each([
    ['begins elsewhere', `bytes 19-${BYTES.length - 1}/${BYTES.length}`],
    ['names another length', `bytes 20-${BYTES.length}/${BYTES.length + 1}`],
    ['makes no sense', 'bytes 9-2/1'],
  ])('is dropped when the range that comes %s', async (_how, range) => {
    await serve((asked, response) => {
      if (asked.headers.range === undefined) return store(BYTES, asked, response);
      response.writeHead(206, { 'content-range': range, etag: '"1"' }).end(BYTES.subarray(20));
    });
    const part = partWith(kept);

    await fetchInto(part, { sha256: sha256(BYTES) }, origin);

    expect(part.all().equals(BYTES)).toBe(true);
  });

  it('is the whole when nothing is missing, and no byte comes again', async () => {
    await serve((asked, response) => store(BYTES, asked, response));
    const part = partWith(BYTES);

    await fetchInto(part, { sha256: sha256(BYTES) }, origin);

    expect(part.all().equals(BYTES)).toBe(true);
    expect(ranges()).toEqual([`bytes=${BYTES.length}-`]);
  });

  it('is begun anew when it is longer than the file', async () => {
    await serve((asked, response) => store(BYTES, asked, response));
    const part = partWith(Buffer.concat([BYTES, BYTES]));

    await fetchInto(part, { sha256: sha256(BYTES) }, origin);

    expect(part.all().equals(BYTES)).toBe(true);
  });
});

describe('a host that lies', () => {
  it.each<[string, Answer, Checks, string]>([
    [
      'other bytes than promised',
      (_a, response) => void response.end(OTHER),
      { sha256: sha256(BYTES) },
      'wrong-hash',
    ],
    [
      'fewer bytes than the site said',
      (_a, response) => void response.end(BYTES),
      { size: 900 },
      'wrong-length',
    ],
    [
      'no end of bytes',
      (_a, response) => void response.end(Buffer.alloc(5000)),
      { maxBytes: 100 },
      'too-large',
    ],
    ['nothing', (_a, response) => void response.end(), {}, 'empty-file'],
    [
      'a message',
      (_a, response) => void response.setHeader('content-type', 'application/json').end('{"error":"no"}'),
      {},
      'not-a-file',
    ],
    [
      'a web page',
      (_a, response) => void response.setHeader('content-type', 'text/html').end('<html>'),
      {},
      'site-challenge',
    ],
  ])('with %s is found out, and nothing of it is kept as the file', async (_what, answer, checks, code) => {
    await serve(answer);
    const part = partWith();

    expect(await codeOf(fetchInto(part, checks))).toBe(code);
    expect(part.size).toBe(0);
  });

  it('about the length is found out without a hash', async () => {
    await serve((asked, response) => {
      const from = Number(/\d+/.exec(asked.headers.range ?? '0')?.[0]);
      if (from > 0) return void response.writeHead(416, { 'content-range': 'bytes */65' }).end();
      // More announced than there is, and the connection kept: the client has to notice by itself.
      response.writeHead(200, { 'content-length': BYTES.length + 10 });
      response.write(BYTES, () => setImmediate(() => response.socket?.destroy()));
    });

    expect(await codeOf(fetchInto(partWith()))).toMatch(/no-connection|changed-meanwhile/);
  });
});

describe('redirects', () => {
  it('lead to a fresh signed address at each try, and the key never goes with them', async () => {
    let signed = 0;
    const storage: { origin: string } = { origin: '' };
    await serve((_asked, response) => {
      signed += 1;
      response.writeHead(307, { location: `${storage.origin}/f?X-Amz-Signature=${signed}` }).end();
    });
    const store2 = await serve((asked, response, before) => {
      if (before > 0) return store(BYTES, asked, response);
      response.setHeader('content-length', BYTES.length);
      response.write(BYTES.subarray(0, 20), () => setImmediate(() => response.socket?.destroy()));
    });
    storage.origin = store2.origin;
    const part = partWith();

    await fetchInto(part, { sha256: sha256(BYTES) });

    expect(part.all().equals(BYTES)).toBe(true);
    expect(servers[0]?.asked.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${KEY}`,
      `Bearer ${KEY}`,
    ]);
    expect(store2.asked.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
    expect(store2.asked.map(({ url }) => url)).toEqual(['/f?X-Amz-Signature=1', '/f?X-Amz-Signature=2']);
    expect(store2.asked.map(({ headers }) => headers['accept-encoding'])).toEqual(['identity', 'identity']);
  });
});
