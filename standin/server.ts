import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../src/base/errors.ts';
import { classHeaders, refusal, sessionOf } from './access.ts';
import type { Keys } from './access.ts';
import { pack } from './edge.ts';
import type { Edge, Packed } from './edge.ts';
import { matcher } from './match.ts';
import type { Matcher } from './match.ts';
import { hear, readBody } from './read-ask.ts';
import { json } from './route.ts';
import type { Answer, Ask, Fault, FaultPlan, Manners, Route, Sent } from './route.ts';
import { sendPacked, sendStream } from './send-answer.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { World } from './world/types.ts';

export interface ServerParts {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly routes: readonly Route[];
  readonly keys: Keys;
  readonly edge: Edge;
  readonly faults: FaultPlan | undefined;
  readonly manners: Manners | undefined;
}

/** One request as it was, without the key itself. */
export interface AskRecord {
  readonly endpoint: string;
  readonly method: string;
  /** Path and query; a token in the query is struck out. */
  readonly path: string;
  readonly withKey: boolean;
  readonly userAgent: string;
  readonly status: number;
}

export interface Listening {
  readonly origin: string;
  /** Requests by endpoint since the start or the last reset. */
  requests(): Readonly<Record<string, number>>;
  /** The last 20,000 requests, oldest first. */
  asks(): readonly AskRecord[];
  reset(): void;
  close(): Promise<void>;
}

const MAX_RECORDS = 20_000;

/** Listens on 127.0.0.1. `port` 0 takes any free one. */
export async function listen(parts: ServerParts, port: number): Promise<Listening> {
  const counts = new Map<string, number>();
  const records: AskRecord[] = [];
  const state = { origin: '' };
  const find = matcher(parts.routes);
  const server = createServer({ keepAlive: true, requestTimeout: 0 }, (message, response) => {
    void answerOne(parts, find, state.origin, message, response, (record) => {
      counts.set(record.endpoint, (counts.get(record.endpoint) ?? 0) + 1);
      records.push(record);
      if (records.length > 2 * MAX_RECORDS) records.splice(0, MAX_RECORDS);
    });
  });
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  state.origin = originOf(server);
  return {
    origin: state.origin,
    requests: () => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    asks: () => records.slice(-MAX_RECORDS),
    reset() {
      counts.clear();
      records.length = 0;
    },
    close: () => closed(server),
  };
}

function originOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}`;
}

async function closed(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

const NOWHERE: Route = {
  method: 'GET',
  pattern: '/:rest*',
  endpoint: 'nowhere',
  access: 'none',
  respond: () => ({
    status: 404,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    text: '<!DOCTYPE html><html><head><title>404: This page could not be found</title></head><body><h1>404</h1></body></html>',
  }),
};

async function answerOne(
  parts: ServerParts,
  find: Matcher,
  fallback: string,
  message: IncomingMessage,
  response: ServerResponse,
  record: (record: AskRecord) => void,
): Promise<void> {
  const heard = hear(message, fallback);
  const wanted = heard.method === 'HEAD' ? 'GET' : heard.method;
  const { route, params } = find(wanted, heard.url.pathname) ?? { route: NOWHERE, params: {} };
  const body = await readBody(message).catch(() => undefined);
  const ask: Ask = {
    ...heard,
    query: heard.url.searchParams,
    params,
    body,
    now: parts.clock.now(),
    world: parts.world,
    session: sessionOf(heard.headers, heard.url.searchParams, parts.keys),
    endpoint: route.endpoint,
  };
  parts.manners?.begun(ask, Date.now());
  const sent = await serve(parts, route, ask, response);
  parts.manners?.ended(ask, sent);
  record(recordOf(ask, sent));
}

function recordOf(ask: Ask, sent: Sent): AskRecord {
  const path = `${ask.url.pathname}${ask.url.search}`.replace(/([?&]token=)[^&]*/g, '$1…');
  return {
    endpoint: ask.endpoint,
    method: ask.method,
    path,
    withKey: ask.headers['authorization'] !== undefined || ask.query.has('token'),
    userAgent: ask.headers['user-agent'] ?? '',
    status: sent.status,
  };
}

async function serve(parts: ServerParts, route: Route, ask: Ask, response: ServerResponse): Promise<Sent> {
  // Whoever steers the stand-in must get through.
  const faults = route.endpoint === 'control' ? [] : (parts.faults?.before(ask) ?? []);
  for (const fault of faults) {
    if (fault.kind === 'delay') await delay(fault.ms);
  }
  if (faults.some((fault) => fault.kind === 'reset')) {
    response.socket?.resetAndDestroy();
    return { status: 0, bytes: 0, fromEdge: false, headAt: Date.now(), headers: {} };
  }
  const instead = faults.find(
    (fault): fault is Extract<Fault, { kind: 'instead' }> => fault.kind === 'instead',
  );
  if (instead !== undefined) {
    const packed = pack(instead.answer, { ...instead.answer.headers });
    return finish(response, packed, faults, ask, false);
  }
  return serveThroughEdge(parts, route, ask, response, faults);
}

async function serveThroughEdge(
  parts: ServerParts,
  route: Route,
  ask: Ask,
  response: ServerResponse,
  faults: readonly Fault[],
): Promise<Sent> {
  // Answers made for one user pass the edge by; public ones don't, key or no key.
  const personal = route.access !== 'public' && ask.session !== undefined;
  const key = ask.method === 'GET' && !personal ? ask.url.href : undefined;
  const kept = key === undefined ? undefined : parts.edge.look(key, ask.now);
  if (kept !== undefined && !kept.refresh) return finish(response, kept.packed, faults, ask, true);
  const answer = await answerOf(route, ask);
  const headers = { server: 'standin', ...classHeaders(route, ask), ...answer.headers };
  if (answer.stream !== undefined) {
    const headAt = Date.now();
    const bytes = await sendStream(response, answer.status, headers, answer.stream);
    return { status: answer.status, bytes, fromEdge: false, headAt, headers };
  }
  const packed = pack(answer, headers);
  if (key !== undefined) parts.edge.keep(key, packed, ask.now);
  return finish(response, kept?.packed ?? packed, faults, ask, kept !== undefined);
}

async function answerOf(route: Route, ask: Ask): Promise<Answer> {
  if (ask.body === 'too large') return { status: 413 };
  const refused = refusal(route, ask);
  if (refused !== undefined) return refused;
  try {
    return await route.respond(ask);
  } catch (error) {
    return json(500, { message: 'An unexpected error occurred', error: messageOf(error) });
  }
}

async function finish(
  response: ServerResponse,
  packed: Packed,
  faults: readonly Fault[],
  ask: Ask,
  fromEdge: boolean,
): Promise<Sent> {
  const headAt = Date.now();
  const bytes = await sendPacked(response, packed, faults, ask.method === 'HEAD');
  return { status: packed.status, bytes, fromEdge, headAt, headers: packed.headers };
}
