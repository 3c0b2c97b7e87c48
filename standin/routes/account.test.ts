import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_KEY, sampleKeys } from '../access.ts';
import { noEdge } from '../edge.ts';
import { listen } from '../server.ts';
import type { Listening } from '../server.ts';
import { virtualClock } from '../virtual-clock.ts';
import { makeWorld } from '../world/world.ts';
import { accountRoutes } from './account.ts';

const world = makeWorld({ seed: 3, models: 60, images: 0 });
const named = world.creators().filter((creator) => creator.username !== null);
let server: Listening;

beforeAll(async () => {
  const parts = { world, clock: virtualClock(), keys: sampleKeys(), edge: noEdge };
  server = await listen({ ...parts, routes: accountRoutes(), faults: undefined, manners: undefined }, 0);
});

afterAll(() => server.close());

async function ask(path: string, key?: string): Promise<[number, unknown]> {
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const response = await fetch(`${server.origin}/api${path}`, { headers });
  return [response.status, await response.json()];
}

describe('the account', () => {
  it('is told for a good key and 401 for a bad one or none', async () => {
    expect(await ask('/v1/me', SAMPLE_KEY)).toMatchObject([200, { username: 'archivist', status: 'active' }]);
    expect(await ask('/v1/me', 'wrong')).toEqual([401, { error: 'Unauthorized' }]);
    expect(await ask('/v1/me')).toEqual([401, { error: 'Unauthorized' }]);
  });

  it('has no vault', async () => {
    expect(await ask('/v1/vault/all', SAMPLE_KEY)).toEqual([200, { vault: null }]);
    expect((await ask('/v1/vault/get'))[0]).toBe(401);
    expect((await ask('/download/vault/1', SAMPLE_KEY))[0]).toBe(403);
  });
});

describe('users', () => {
  it('are found by id, no deleted ones, and by name, five at most', async () => {
    const gone = world.creators().find((creator) => creator.username === null);
    const [first] = named;
    expect(await ask(`/v1/users?ids=${first?.id},${gone?.id}`)).toMatchObject([
      200,
      { items: [{ id: first?.id, username: first?.username, avatarNsfw: 1, meta: null }] },
    ]);
    const [, body] = await ask('/v1/users?query=a');
    expect((body as { items: unknown[] }).items.length).toBeLessThanOrEqual(5);
  });

  it.each(['', 'ids=x', 'query=someone@example.org'])(
    'are refused with a bare error for "%s"',
    async (query: string) => {
      expect(await ask(`/v1/users?${query}`)).toMatchObject([400, { name: 'ZodError' }]);
    },
  );
});

describe('permissions', () => {
  it('are told version by version', async () => {
    const [id] = world.versionIds();
    const expected = world.modelOf(id ?? 0)?.supportsGeneration;
    expect(await ask(`/v1/permissions/check?entityIds=${id},1`)).toEqual([
      200,
      { [String(id)]: expected, 1: false },
    ]);
    expect(await ask('/v1/permissions/check')).toEqual([200, []]);
    expect((await ask('/v1/permissions/check?entityIds=x'))[0]).toBe(400);
  });
});
