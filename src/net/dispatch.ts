import { type Readable, pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Agent } from 'undici';
import type { Clock } from '../base/clock.ts';
import { checkAddress, publicLookup } from './address.ts';
import { redactUrl } from './redact.ts';
import type { Request, Response, Send } from './send.ts';

export interface DispatchOptions {
  /** Connections to one origin at most. */
  readonly connections: number;
  readonly connectMs: number;
  /** From the last byte sent to the head of the answer. */
  readonly headersMs: number;
  /** Between two pieces of a body. */
  readonly bodyIdleMs: number;
  /** True only when the configured API is on this machine. */
  readonly allowPrivate: boolean;
  readonly clock: Clock;
}

export interface Dispatch {
  readonly send: Send;
  close(): Promise<void>;
}

/** Held of a large body before its reader must catch up: fewer stops, each of which costs. */
const LARGE_BODY = 1024 * 1024;

/** Clocks differ: an `Age` above this is not believed. */
const OLDEST_AGE_S = 30 * 24 * 3600;

/**
 * The bottom of the stack: one HTTP request, redirects not followed. undici is loaded at the first one. Rejects with
 * undici's and Node's errors, and with SourceError `address-refused` before anything is sent.
 */
export function openDispatch(options: DispatchOptions): Dispatch {
  let loading: Promise<{ agent: Agent; request: (typeof import('undici'))['request'] }> | undefined;
  const load = async (): Promise<{ agent: Agent; request: (typeof import('undici'))['request'] }> => {
    const { Agent: MakeAgent, request } = await import('undici');
    const agent = new MakeAgent({
      connections: options.connections,
      pipelining: 1,
      allowH2: false,
      connect: { timeout: options.connectMs, ...(options.allowPrivate ? {} : { lookup: publicLookup }) },
      headersTimeout: options.headersMs,
      bodyTimeout: options.bodyIdleMs,
      keepAliveTimeout: 10_000,
    });
    return { agent, request };
  };
  return {
    async send(request) {
      const url = checkAddress(request.url, options.allowPrivate);
      loading ??= load();
      const undici = await loading;
      const answer = await undici.request(url, {
        dispatcher: undici.agent,
        method: request.method,
        headers: request.headers ?? {},
        body: request.body ?? null,
        signal: request.signal ?? null,
        ...(request.endpoint === 'storage' ? { highWaterMark: LARGE_BODY } : {}),
      });
      return respond(request, answer.statusCode, answer.headers, answer.body, options.clock.now());
    },
    async close() {
      if (loading !== undefined) await (await loading).agent.destroy();
    },
  };
}

function respond(
  request: Request,
  status: number,
  received: Readonly<Record<string, string | string[] | undefined>>,
  body: Readable,
  now: number,
): Response {
  const headers: Record<string, string> = {};
  for (const name in received) {
    const value = received[name];
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ');
  }
  const age = Number(headers['age'] ?? 0);
  const believed = age > 0 && age <= OLDEST_AGE_S ? age : 0;
  const decoded = decode(headers['content-encoding'], body);
  return {
    status,
    headers,
    url: redactUrl(request.url),
    body: decoded,
    seenAt: now - Math.floor(believed) * 1000,
  };
}

/** The body without its content coding; a broken one fails the stream that is read. */
function decode(coding: string | undefined, body: Readable): Readable {
  if (coding === undefined || coding === 'identity') return body;
  const decoder =
    coding === 'gzip'
      ? createGunzip()
      : coding === 'br'
        ? createBrotliDecompress()
        : coding === 'deflate'
          ? createInflate()
          : undefined;
  if (decoder === undefined) return body;
  // The callback only keeps the error from being unhandled: the reader sees it on the decoder.
  return pipeline(body, decoder, () => undefined);
}
