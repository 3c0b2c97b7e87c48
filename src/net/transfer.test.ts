import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Sha256 } from '../base/ids.ts';
import { AppError } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import type { Checks } from './body-checks.ts';
import { openNet, type Net } from './stack.ts';
import { transfer, type Sink, type Transferred } from './transfer.ts';
import { handClock, startServer, type TestServer } from './testing/with-server.ts';

const BYTES = Buffer.from('PNG and so on '.repeat(20_000));
const HASH = createHash('sha256').update(BYTES).digest('hex') as Sha256;

let server: TestServer;
let net: Net;

async function serve(answer: Parameters<typeof startServer>[0]): Promise<void> {
  server = await startServer(answer);
  net = openNet({
    apiUrl: server.origin,
    stateFile: ':memory:',
    clock: handClock(),
    chance: () => 0,
    log: silentLog,
    patienceMs: 20_000,
  });
}

afterEach(async () => {
  await net.close();
  await server.close();
});

function memorySink(): Sink & { readonly all: () => Buffer } {
  let chunks: Uint8Array[] = [];
  return {
    write: (chunk) => void chunks.push(chunk.slice()),
    restart: () => void (chunks = []),
    all: () => Buffer.concat(chunks),
  };
}

function fetchInto(sink: Sink, checks: Checks = {}): Promise<Transferred> {
  return transfer(
    net.send,
    { method: 'GET', url: `${server.origin}/i.jpeg`, endpoint: 'media' },
    sink,
    checks,
  );
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof AppError ? error.code : String(error);
}

describe('transfer', () => {
  it('brings the bytes, their hash, their number, their beginning and their type', async () => {
    await serve((_asked, response) => void response.setHeader('content-type', 'image/png').end(BYTES));
    const sink = memorySink();

    const result = await fetchInto(sink, { sha256: HASH, size: BYTES.length + 1 });

    expect(result).toMatchObject({ bytes: BYTES.length, sha256: HASH, contentType: 'image/png' });
    expect(Buffer.from(result.head).equals(BYTES.subarray(0, 64))).toBe(true);
    expect(sink.all().equals(BYTES)).toBe(true);
  });

  it('starts over after a cut, and nothing of the first try stays in the sink', async () => {
    await serve((_asked, response, before) => {
      response.setHeader('content-length', BYTES.length);
      if (before === 0) response.write(BYTES.subarray(0, 100_000), () => response.destroy());
      else response.end(BYTES);
    });
    const sink = memorySink();

    await fetchInto(sink);

    expect(sink.all().equals(BYTES)).toBe(true);
    expect(server.asked).toHaveLength(2);
  });

  it('gives a cut body up at once when the sink can not start over', async () => {
    await serve((_asked, response) => {
      response.setHeader('content-length', BYTES.length);
      response.write(BYTES.subarray(0, 100_000), () => response.destroy());
    });

    expect(await codeOf(fetchInto({ write: () => undefined }))).toBe('no-connection');
    expect(server.asked).toHaveLength(1);
  });

  it.each<[string, Parameters<typeof startServer>[0], Checks, string]>([
    ['other bytes', (_asked, response) => void response.end('other'), { sha256: HASH }, 'wrong-hash'],
    ['fewer bytes', (_asked, response) => void response.end('other'), { size: 99 }, 'wrong-length'],
    ['no bytes', (_asked, response) => void response.end(), {}, 'empty-file'],
    ['too many bytes', (_asked, response) => void response.end(BYTES), { maxBytes: 1000 }, 'too-large'],
    [
      'a message',
      (_asked, response) => void response.setHeader('content-type', 'application/json').end('{"error":"x"}'),
      {},
      'not-a-file',
    ],
    [
      'a page',
      (_asked, response) => void response.setHeader('content-type', 'text/html').end('<html>'),
      {},
      'site-challenge',
    ],
    [
      '401',
      (_asked, response) => void response.writeHead(401).end('{"error":"Unauthorized"}'),
      {},
      'key-refused',
    ],
    [
      '403',
      (_asked, response) => void response.writeHead(403).end('{"error":"Early Access"}'),
      {},
      'early-access',
    ],
    [
      '404',
      (_asked, response) => void response.writeHead(404).end('{"error":"File not found"}'),
      {},
      'not-found',
    ],
    ['410', (_asked, response) => void response.writeHead(410).end('{"error":"archived"}'), {}, 'archived'],
  ])('refuses %s', async (_name, answer, checks, code) => {
    await serve(answer);

    expect(await codeOf(fetchInto(memorySink(), checks))).toBe(code);
  });

  it('takes a JSON file for a file when it comes as an attachment', async () => {
    await serve((_asked, response) => {
      response
        .writeHead(200, {
          'content-type': 'application/json',
          'content-disposition': 'attachment; filename="w.json"',
        })
        .end('{}');
    });

    expect((await fetchInto(memorySink())).bytes).toBe(2);
  });

  it('passes the sink’s own error on, and asks no second time', async () => {
    await serve((_asked, response) => void response.end(BYTES));
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });

    const work = fetchInto({ write: () => Promise.reject(full), restart: () => undefined });

    await expect(work).rejects.toBe(full);
    expect(server.asked).toHaveLength(1);
  });
});
