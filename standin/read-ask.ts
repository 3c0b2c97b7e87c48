import type { IncomingMessage } from 'node:http';
import type { Ask } from './route.ts';

/** The site refuses larger bodies. */
const MAX_BODY = 17 * 1024 * 1024;

/** What can be known of a request before its route is. */
export interface Heard {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly origin: string;
}

/** Reads the request line and headers. `fallback` is the server's own origin, for clients without a Host header. */
export function hear(message: IncomingMessage, fallback: string): Heard {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const host = headers['host'];
  const origin = host === undefined || !URL.canParse(`http://${host}`) ? fallback : `http://${host}`;
  const target = message.url ?? '/';
  const address = `${origin}${target.startsWith('/') ? target : '/'}`;
  return {
    method: message.method ?? 'GET',
    url: URL.canParse(address) ? new URL(address) : new URL(origin),
    headers,
    origin,
  };
}

/** Reads a body to its end and parses it when it says that it is JSON. `'too large'` beyond 17 MB. */
export async function readBody(message: IncomingMessage): Promise<Ask['body'] | 'too large'> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY) return 'too large';
    chunks.push(chunk);
  }
  if (length === 0 || !(message.headers['content-type'] ?? '').includes('json')) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
