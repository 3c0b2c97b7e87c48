import type { Answer, Ask, Route, Session } from './route.ts';
import { failure } from './route.ts';

/** Keys that the stand-in knows, each with its owner. */
export type Keys = ReadonlyMap<string, Session>;

/** The key used by tests and the demo when one is wanted. */
export const SAMPLE_KEY = '0123456789abcdef0123456789abcdef';

/** One ordinary member who owns SAMPLE_KEY. */
export function sampleKeys(): Keys {
  return new Map([[SAMPLE_KEY, { userId: 424242, username: 'archivist', moderator: false }]]);
}

/**
 * The session of a request: the header's second word, or `?token=` when there is no header at all. A bad key is no
 * session, without a word.
 */
export function sessionOf(
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
  keys: Keys,
): Session | undefined {
  const header = headers['authorization'];
  const key = header === undefined ? query.get('token') : header.split(' ')[1];
  return key === null || key === undefined ? undefined : keys.get(key);
}

/** What the access class answers by itself: OPTIONS, wrong methods, missing sessions. */
export function refusal(route: Route, ask: Pick<Ask, 'method' | 'session'>): Answer | undefined {
  const rightMethod = ask.method === route.method || (ask.method === 'HEAD' && route.method === 'GET');
  if (route.access === 'public') return ask.method === 'OPTIONS' ? { status: 200 } : undefined;
  if (route.access !== 'none' && !rightMethod) return failure(405, 'Method not allowed');
  if (route.access === 'authed' && ask.session === undefined) return failure(401, 'Unauthorized');
  return undefined;
}

/** Headers that the class puts on before the route runs, so that its 4xx answers carry them too. */
export function classHeaders(route: Route, ask: Pick<Ask, 'session' | 'url'>): Record<string, string> {
  const headers: Record<string, string> = {};
  const underApi = ask.url.pathname.startsWith('/api/v1') || ask.url.pathname.startsWith('/api/trpc');
  if (underApi) {
    headers['cache-control'] = 'max-age=0, private, no-cache';
    headers['x-handled-by'] = 'standin';
  }
  const shared = route.access === 'public' || (route.access === 'mixed' && ask.session === undefined);
  if (shared) headers['cache-control'] = 'public, s-maxage=300, stale-while-revalidate=150';
  if (route.edge !== undefined) {
    const { fresh, stale } = route.edge;
    headers['cache-control'] =
      fresh === 0 ? 'no-store' : `public, s-maxage=${fresh}, stale-while-revalidate=${stale}`;
  }
  if (route.access === 'public' || route.access === 'mixed') headers['access-control-allow-origin'] = '*';
  if (route.access === 'public') headers['access-control-allow-methods'] = route.method;
  return headers;
}
