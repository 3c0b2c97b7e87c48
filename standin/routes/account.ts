import { failure, json } from '../route.ts';
import type { Answer, Ask, Route } from '../route.ts';
import type { WorldCreator } from '../world/types.ts';
import { avatarUrl } from './links.ts';
import { readQuery } from './query.ts';
import type { Issue } from './query.ts';

/** All scopes of a key. */
const FULL_SCOPE = 33_554_431;

/** Endpoints about people: who am I, users by id or name, what may be generated with, the vault. */
export function accountRoutes(): Route[] {
  return [
    { method: 'GET', pattern: '/api/v1/me', endpoint: 'me', access: 'authed', respond: me },
    { method: 'GET', pattern: '/api/v1/users', endpoint: 'users', access: 'public', respond: users },
    {
      method: 'GET',
      pattern: '/api/v1/permissions/check',
      endpoint: 'permissions/check',
      access: 'public',
      respond: permissions,
    },
    vaultRoute('GET', 'get'),
    vaultRoute('GET', 'all'),
    vaultRoute('GET', 'check-vault'),
    vaultRoute('POST', 'toggle-version'),
    {
      method: 'GET',
      pattern: '/api/download/vault/:id',
      endpoint: 'download/vault/:id',
      access: 'authed',
      respond: () => failure(403, 'Forbidden'),
    },
  ];
}

/** The only endpoint that tells a bad key from none: its access class answers 401. */
function me(ask: Ask): Answer {
  return json(200, {
    id: ask.session?.userId,
    username: ask.session?.username,
    tier: 'free',
    status: 'active',
    isMember: false,
    subscriptions: [],
    tokenScope: FULL_SCOPE,
  });
}

function users(ask: Ask): Answer {
  const read = readQuery(ask.query);
  const ids = read.ints('ids');
  const query = read.text('query')?.toLowerCase();
  if (ids === undefined && query === undefined && read.issues.length === 0) {
    read.issues.push({ code: 'custom', path: [], message: 'Either ids or query is needed' });
  }
  if (query !== undefined && /.@./.test(query)) {
    read.issues.push({ code: 'custom', path: ['query'], message: 'Invalid query' });
  }
  if (read.issues.length > 0) return bareZodError(read.issues);
  const found = ask.world
    .creators()
    .filter((creator) => creator.username !== null)
    .filter((creator) => ids === undefined || ids.includes(creator.id))
    .filter((creator) => query === undefined || creator.username?.toLowerCase().includes(query) === true);
  return json(200, { items: found.slice(0, ids?.length ?? 5).map((creator) => userItem(ask, creator)) });
}

function userItem(ask: Ask, creator: WorldCreator): Record<string, unknown> {
  const { id, username, image } = creator;
  return { id, username, avatarUrl: avatarUrl(ask.origin, image), avatarNsfw: 1, meta: null };
}

/** Not wrapped in `error`, unlike everywhere else. */
function bareZodError(issues: readonly Issue[]): Answer {
  return json(400, { name: 'ZodError', message: JSON.stringify(issues, undefined, 2) });
}

/** Whether versions may be generated with, by id. */
function permissions(ask: Ask): Answer {
  const ids = (ask.query.get('entityIds') ?? '').split(',').filter((text) => text !== '');
  const known = (ask.query.get('entityType') ?? 'ModelVersion') === 'ModelVersion';
  if (!known || ids.some((id) => !/^\d{1,10}$/.test(id))) {
    return failure(400, 'Could not parse provided model versions array.');
  }
  if (ids.length === 0) return json(200, []);
  return json(
    200,
    Object.fromEntries(ids.map((id) => [id, ask.world.modelOf(Number(id))?.supportsGeneration ?? false])),
  );
}

/** Members only; nobody here is one. */
function vaultRoute(method: Route['method'], name: string): Route {
  return {
    method,
    pattern: `/api/v1/vault/${name}`,
    endpoint: `vault/${name}`,
    access: 'authed',
    respond: (ask) => (ask.method === 'POST' ? failure(403, 'Forbidden') : json(200, { vault: null })),
  };
}
