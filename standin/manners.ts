import { sentTooEarly, retryAfterMs } from './manners-holds.ts';
import type { Hold } from './manners-holds.ts';
import type { Ask, Manners, Sent } from './route.ts';

/** What counts as one host: the stand-in has only one, the site has several. */
type HostKind = 'api' | 'media' | 'storage' | 'control';

export interface MannersOptions {
  /** Most requests in any minute, by kind of host. Not judged where absent. */
  readonly perMinute?: Partial<Record<HostKind, number>>;
  /** Whether requests before the end of a Retry-After are held against the client. Off for clients on a fake clock. */
  readonly holds?: boolean;
}

/** A watcher that also counts. */
export interface Watch extends Manners {
  /** Requests begun, by endpoint. */
  counts(): Readonly<Record<string, number>>;
}

const WINDOW_MS = 60_000;

/** Watches the whole life of a server; cheap enough for a hundred thousand requests. */
export function watchManners(options: MannersOptions = {}): Watch {
  const seen = new Map<string, { times: number; example: string }>();
  const counts = new Map<string, number>();
  const begun = new Map<HostKind, number[]>();
  const holds = new Map<HostKind, Hold>();
  const refusedPages = new Set<string>();
  const complain = (what: string, ask: Ask): void => {
    const known = seen.get(what);
    if (known === undefined) seen.set(what, { times: 1, example: exampleOf(ask) });
    else known.times += 1;
  };
  return {
    begun(ask, at) {
      counts.set(ask.endpoint, (counts.get(ask.endpoint) ?? 0) + 1);
      const kind = hostKind(ask.url.pathname);
      if (kind === 'control') return;
      for (const fault of manifest(ask, kind)) complain(fault, ask);
      const limit = options.perMinute?.[kind];
      if (limit !== undefined && tooFast(begun, kind, at, limit)) {
        complain(`more than ${limit} requests a minute to ${kind}`, ask);
      }
      if (options.holds !== false && sentTooEarly(holds.get(kind), at)) {
        complain(`a request to ${kind} before the time a Retry-After had asked to wait for`, ask);
      }
      if (refusedPages.has(ask.url.href)) complain('a page beyond the page limit asked for again', ask);
    },
    ended(ask, sent) {
      const kind = hostKind(ask.url.pathname);
      const wait = retryAfterMs(sent);
      if (wait !== undefined) {
        const until = Math.max(sent.headAt + wait, holds.get(kind)?.until ?? 0);
        holds.set(kind, { spokenAt: sent.headAt, until });
      }
      if (isPageRefusal(ask, sent)) refusedPages.add(ask.url.href);
    },
    problems: () =>
      [...seen].map(([what, { times, example }]) => `${what} (${times} times, first: ${example})`),
    counts: () => Object.fromEntries(counts),
    reset() {
      for (const one of [seen, counts, begun, holds, refusedPages]) one.clear();
    },
  };
}

/** Which of the site's hosts a path would lie on. */
function hostKind(path: string): HostKind {
  if (path.startsWith('/standin/')) return 'control';
  if (path.startsWith('/storage/')) return 'storage';
  return path.startsWith('/api/') || path.startsWith('/models/') || path.startsWith('/login')
    ? 'api'
    : 'media';
}

const BROWSER = /mozilla|chrome|safari|firefox|opera|edge/i;
const UNNAMED = /^(?:node|undici|axios|got|node-fetch|curl|wget|python|okhttp|java|go-http)/i;
const BATCH_LIMITS: Readonly<Record<string, number>> = { 'by-hash': 100, ids: 10_000 };

/** What is wrong with a request whatever came before it. */
function manifest(ask: Ask, kind: HostKind): string[] {
  const wrong = [];
  if (ask.query.has('token')) wrong.push('a key in the address');
  if (ask.headers['authorization'] !== undefined && !ask.url.pathname.startsWith('/api/')) {
    wrong.push(`the key sent to ${kind}`);
  }
  if (ask.headers['cookie'] !== undefined) wrong.push('a cookie');
  const agent = ask.headers['user-agent'] ?? '';
  if (agent === '') wrong.push('no User-Agent');
  else if (BROWSER.test(agent)) wrong.push('a User-Agent like a browser’s');
  else if (UNNAMED.test(agent) || !/^[\w.-]+\/\w/.test(agent))
    wrong.push('a User-Agent that names no program');
  if (ask.method === 'HEAD' && kind === 'storage') wrong.push('HEAD to storage');
  if (ask.method === 'POST') wrong.push(...batchFaults(ask));
  const ids = ask.query.get('ids')?.split(',').length ?? 0;
  if (ids > 100) wrong.push('more than 100 ids in one request');
  return wrong;
}

function batchFaults(ask: Ask): string[] {
  const type = ask.headers['content-type'] ?? '';
  if (!/^application\/json\b/i.test(type)) return ['a POST that is not application/json'];
  const limit = BATCH_LIMITS[ask.url.pathname.split('/').at(-1) ?? ''];
  if (limit === undefined || !Array.isArray(ask.body)) return [];
  if (ask.body.length > limit) return [`more than ${limit} hashes in one request`];
  return ask.body.length === 0 ? ['an empty batch'] : [];
}

function tooFast(begun: Map<HostKind, number[]>, kind: HostKind, at: number, limit: number): boolean {
  const times = begun.get(kind) ?? [];
  begun.set(kind, times);
  times.push(at);
  // Only the last limit+1 matter: if they fit into a minute, it was too fast.
  if (times.length > limit + 1) times.splice(0, times.length - limit - 1);
  const first = times[0] ?? at;
  return times.length > limit && at - first < WINDOW_MS;
}

function isPageRefusal(ask: Ask, sent: Sent): boolean {
  const size = Number(ask.query.get('page') ?? 0) * Number(ask.query.get('limit') ?? 100);
  return sent.status === 429 && sent.headers['retry-after'] === undefined && size > 1000;
}

function exampleOf(ask: Ask): string {
  return `${ask.method} ${ask.url.pathname}${ask.url.search}`
    .replace(/([?&]token=)[^&]*/g, '$1…')
    .slice(0, 160);
}
