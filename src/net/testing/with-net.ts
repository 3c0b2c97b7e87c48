import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../base/log.ts';
import { SourceError } from '../../base/errors.ts';
import type { Request } from '../send.ts';
import { openNet, type Net, type NetOptions } from '../stack.ts';
import { handClock, startServer, type TestServer } from './with-server.ts';

export type Answer = Parameters<typeof startServer>[0];

/** One test's servers, networks and folder. */
export interface Bench {
  readonly folder: string;
  readonly clock: ReturnType<typeof handClock>;
  serve(answer: Answer): Promise<TestServer>;
  /** A network on the bench's clock and shared state, fast unless told otherwise. */
  open(origin: string, more?: Partial<NetOptions>): Net;
  close(): Promise<void>;
}

/** Makes a bench for one test; close it afterwards. */
export function openBench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'net-'));
  const clock = handClock();
  const nets: Net[] = [];
  const servers: TestServer[] = [];
  return {
    folder,
    clock,
    async serve(answer) {
      const server = await startServer(answer);
      servers.push(server);
      return server;
    },
    open(origin, more = {}) {
      const stateFile = join(folder, 'state.db');
      const fixed = {
        apiUrl: `${origin}/api/v1`,
        stateFile,
        clock,
        chance: () => 1,
        log: silentLog,
        ratePerMinute: 60_000,
      };
      const net = openNet({ ...fixed, ...more });
      nets.push(net);
      return net;
    },
    async close() {
      for (const part of [...nets, ...servers]) await part.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A GET of `url`, by default as a question to the API. */
export function get(url: string, more: Partial<Request> = {}): Request {
  return { method: 'GET', url, endpoint: 'models', ...more };
}

/** Answers what is fine. */
export const ok: Answer = (_asked, response) =>
  void response.setHeader('content-type', 'application/json').end('{"fine":true}');

/** The SourceError a promise ends in; throws when it ends otherwise. */
export async function errorOf(work: Promise<unknown>): Promise<SourceError> {
  const error: unknown = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof SourceError) return error;
  throw error;
}
