import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../src/base/errors.ts';
import { BREAKING, parseFaults, patternFits } from './fault-spec.ts';
import { makeFaults } from './faults.ts';
import type { FaultSwitch } from './faults.ts';
import { noEdge } from './edge.ts';
import type { Ask, Fault, Route } from './route.ts';
import { json } from './route.ts';
import { listen } from './server.ts';
import type { Listening } from './server.ts';
import { virtualClock } from './virtual-clock.ts';
import type { World } from './world/types.ts';

// Faults look at the request only.
const NO_WORLD = {} as unknown as World;

function ask(endpoint: string, path: string): Ask {
  const url = new URL(path, 'http://127.0.0.1:1');
  return {
    method: 'GET',
    url,
    query: url.searchParams,
    params: {},
    body: undefined,
    headers: {},
    now: 0,
    world: NO_WORLD,
    session: undefined,
    origin: url.origin,
    endpoint,
  };
}

function kinds(faults: readonly Fault[]): string[] {
  return faults.map((fault) => (fault.kind === 'instead' ? String(fault.answer.status) : fault.kind));
}

describe('fault specs', () => {
  it('read rates, amounts and several routes', () => {
    expect(parseFaults('by-hash:reset=0.1,429=0.2@5; media:truncate=0.3;*:dies@7')).toEqual([
      {
        pattern: 'by-hash',
        faults: [
          { name: 'reset', rate: 0.1, amount: undefined },
          { name: '429', rate: 0.2, amount: 5 },
        ],
        diesAfter: undefined,
      },
      {
        pattern: 'media',
        faults: [{ name: 'truncate', rate: 0.3, amount: undefined }],
        diesAfter: undefined,
      },
      { pattern: '*', faults: [], diesAfter: 7 },
    ]);
  });

  it.each([
    'reset=0.1',
    'x:reset',
    'x:reset=2',
    'x:nothing=0.1',
    'x:dies',
    'x:reset=0.6,429=0.6',
    ':reset=1',
  ])('refuse %s with a sentence', (text: string) => {
    expect(() => parseFaults(text)).toThrow(UserError);
  });

  it('never throw anything else, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text: string) => {
        try {
          parseFaults(text);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });

  it('mean whole segments of an endpoint, or a path with stars', () => {
    expect(patternFits('by-hash', 'model-versions/by-hash', '/x')).toBe(true);
    expect(patternFits('hash', 'model-versions/by-hash', '/x')).toBe(false);
    expect(patternFits('model-versions', 'models', '/x')).toBe(false);
    expect(patternFits('/api/*/1', 'x', '/api/v1/models/1')).toBe(true);
    expect(patternFits('/api/*/1', 'x', '/api/1')).toBe(false);
    expect(patternFits('/a*a', 'x', '/a')).toBe(false);
  });
});

describe('a fault plan', () => {
  it('fails about as often as its rate says, the same way for the same seed', () => {
    const outcome = (seed: number): string[] => {
      const plan = makeFaults('models:reset=0.2,429=0.3', { seed });
      return Array.from({ length: 2_000 }, (_, id) => kinds(plan.before(ask('models', `/m/${id}`))).join());
    };
    const first = outcome(1);
    expect(first.filter((one) => one === 'reset').length / 2_000).toBeCloseTo(0.2, 1);
    expect(first.filter((one) => one === '429').length / 2_000).toBeCloseTo(0.3, 1);
    expect(outcome(1)).toEqual(first);
    expect(outcome(2)).not.toEqual(first);
  });

  it('fails in the same places whatever the order of requests', () => {
    const paths = Array.from({ length: 200 }, (_, id) => `/m/${id}`);
    const outcome = (order: readonly string[]): Map<string, string> => {
      const plan = makeFaults('*:any=0.5', { seed: 3 });
      return new Map(order.map((path) => [path, kinds(plan.before(ask('models', path))).join()]));
    };
    const forward = outcome(paths);
    for (const [path, fault] of outcome(paths.toReversed())) expect(forward.get(path)).toBe(fault);
  });

  it('lets a client through in the end when it asks again', () => {
    const plan = makeFaults('*:any=0.5', { seed: 4 });
    for (let id = 0; id < 50; id += 1) {
      const tries = Array.from({ length: 30 }, () => plan.before(ask('models', `/m/${id}`)).length);
      expect(tries).toContain(0);
    }
  });

  it('gives Retry-After in seconds, as a date, or not at all', () => {
    const headerOf = (name: string): string | undefined => {
      const plan = makeFaults(`*:${name}=1@5`, { seed: 1, now: () => Date.UTC(2026, 0, 1, 0, 0, 0, 1) });
      const [fault] = plan.before(ask('models', '/m'));
      return fault?.kind === 'instead' ? fault.answer.headers?.['retry-after'] : 'no answer';
    };
    expect(headerOf('429')).toBe('5');
    expect(headerOf('429-date')).toBe('Thu, 01 Jan 2026 00:00:06 GMT');
    expect(headerOf('429-bare')).toBeUndefined();
  });

  it('redirects to another port of this machine', () => {
    const [fault] = makeFaults('*:redirect=1@4000', { seed: 1 }).before(ask('models', '/m?x=1'));
    expect(fault).toMatchObject({
      kind: 'instead',
      answer: { status: 302, headers: { location: 'http://127.0.0.1:4000/m?x=1' } },
    });
  });

  it('refuses a region at the API, and one thing where the bytes lie', () => {
    const textOf = (endpoint: string): string =>
      JSON.stringify(makeFaults('*:451=1', { seed: 1 }).before(ask(endpoint, '/m')));
    expect(textOf('models')).toContain('REGION_BLOCKED');
    expect(textOf('media')).not.toContain('REGION');
    expect(textOf('media')).toContain('451');
  });

  it('knows every fault it can read', () => {
    for (const name of BREAKING) {
      const [fault] = makeFaults(`*:${name}=1`, { seed: 1 }).before(ask('models', '/m'));
      expect(fault?.kind).toBe(/^[a-z]/.test(name) && !/html|error|redirect/.test(name) ? name : 'instead');
    }
  });

  it('goes down, dies after so many requests, and comes back', () => {
    const plan = makeFaults('models:dies@2', { seed: 1 });
    const one = (): string => kinds(plan.before(ask('models', '/m'))).join();
    expect([one(), one(), one()]).toEqual(['', '', 'reset']);
    plan.use('');
    expect(one()).toBe('');
    plan.down(1);
    expect([one(), one()]).toEqual(['', 'reset']);
    plan.up();
    expect(one()).toBe('');
  });

  it('never shuts out the control routes', () => {
    const plan = makeFaults('*:down', { seed: 1 });
    expect(plan.before(ask('control', '/standin/faults'))).toEqual([]);
    expect(kinds(plan.before(ask('models', '/m')))).toEqual(['reset']);
  });
});

describe('faults on the wire', () => {
  const body = { text: 'x'.repeat(2_000) };
  const route: Route = {
    method: 'GET',
    pattern: '/thing',
    endpoint: 'thing',
    access: 'none',
    respond: () => json(200, body),
  };

  async function withServer(spec: string, work: (server: Listening) => Promise<void>): Promise<void> {
    const faults: FaultSwitch = makeFaults(spec, { seed: 1 });
    const parts = { world: NO_WORLD, clock: virtualClock(), routes: [route], keys: new Map(), edge: noEdge };
    const server = await listen({ ...parts, faults, manners: undefined }, 0);
    try {
      await work(server);
    } finally {
      await server.close();
    }
  }

  it.each(['reset', 'truncate', 'length'])('a %s breaks the answer', async (name: string) => {
    await withServer(`thing:${name}=1`, async (server) => {
      const read = async (): Promise<string> => (await fetch(`${server.origin}/thing`)).text();
      await expect(read()).rejects.toThrow();
    });
  });

  it('wrong bytes have the right length', async () => {
    await withServer('thing:bytes=1', async (server) => {
      const text = await (await fetch(`${server.origin}/thing`)).bytes();
      expect(text).toHaveLength(JSON.stringify(body).length);
      expect(() => JSON.parse(Buffer.from(text).toString()) as unknown).toThrow(SyntaxError);
    });
  });

  it('a trickle is slow and whole; a truncated one breaks', async () => {
    await withServer('thing:trickle=1@40000', async (server) => {
      expect(await (await fetch(`${server.origin}/thing`)).json()).toEqual(body);
    });
    await withServer('thing:trickle=1@40000,truncate=1', async (server) => {
      const response = await fetch(`${server.origin}/thing`);
      await expect(response.text()).rejects.toThrow();
    });
  });

  it('a challenge is HTML with status 200', async () => {
    await withServer('thing:html=1', async (server) => {
      const response = await fetch(`${server.origin}/thing`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('text/html');
    });
  });
});
