import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeWorld } from '../../standin/world/world.ts';
import type { CliResult, JsonResult } from '../cli.ts';
import { makeStoryLibrary } from './testing/story-library.ts';
import type { StoryLibrary } from './testing/story-library.ts';

const KINDS = ['pace', 'retry_after', 'back_off', 'breaker', 'slot'] as const;
type Sums = Readonly<Record<(typeof KINDS)[number], number>>;

/** A line of `--debug` about one request. */
interface Told {
  readonly endpoint: string;
  readonly status?: number;
  readonly ms: number;
  readonly from: 'site' | 'cache';
  readonly retries?: number;
  readonly waited?: Partial<Record<keyof Sums, { readonly ms: number; readonly why: string }>>;
}

let standin: Standin;
let library: StoryLibrary;

beforeAll(async () => {
  standin = await startStandin({ world: makeWorld({ models: 20, images: 0, seed: 29 }), speed: 0 });
  library = makeStoryLibrary(standin, { models: 3 });
});

afterAll(async () => {
  library.remove();
  await standin.close();
});

describe('a scan of a site that is slow, busy and faulty', { timeout: 120_000 }, () => {
  let run: CliResult;
  let told: Told[];

  beforeAll(async () => {
    // A tenth of a second between requests, pauses asked for, and failures without a word about when to come again.
    const host = new URL(standin.apiUrl).host;
    const config = join(library.home.folder, 'slow.yaml');
    writeFileSync(
      config,
      `api: { max_retries: 9, batch: { retry_delay: 300, circuit_breaker: { failure_threshold: 50 } } }\nhosts:\n  ${JSON.stringify(host)}: { spacing_ms: 100, rate: 60000, concurrency: 2 }\n`,
    );
    standin.faults.use('model-versions:429=0.6@1;models:500=0.5');
    const scan = ['scan', library.folder, '-c', config, '--api-url', standin.apiUrl, '--patience', '60'];
    run = await library.run([...scan, '--json', '--debug']);
    standin.faults.use('');
    told = run.stderr.split('\n').flatMap((line): Told[] => {
      const facts = /^debug: (?:not )?answered (\{.*\})$/.exec(line)?.[1];
      return facts === undefined ? [] : [JSON.parse(facts) as Told];
    });
  }, 120_000);

  it('says in its summary what it waited for, by reasons that add up', () => {
    const sums = waitedOf(run.json);

    expect(run.code, run.stderr).toBe(0);
    expect(KINDS.reduce((sum, kind) => sum + sums[kind], 0)).toBe(sums.total);
    expect(sums.retry_after).toBeGreaterThanOrEqual(1000);
    expect(sums.back_off).toBeGreaterThanOrEqual(150);
    expect(sums.pace).toBeGreaterThan(0);
    expect(run.json.requests).toMatchObject({ cached: 0, breakers: [] });
  });

  it('tells with --debug of each request: where, what came, how long, what for, from where', () => {
    for (const one of told) {
      expect(one).toMatchObject({ endpoint: expect.stringMatching(/./) as string, from: 'site' });
      expect(one.status).toBeGreaterThanOrEqual(200);
      expect(one.ms).toBeGreaterThanOrEqual(0);
    }
    const { total, retried } = run.json.requests as JsonResult['requests'] & { readonly retried: number };
    expect(retried).toBeGreaterThan(0);
    expect(sumOf(told.map(({ retries }) => retries ?? 0))).toBe(retried);
    expect(told.length + retried).toBe(total);
  });

  it('tells the same waits one by one and in the sum', () => {
    const sums = waitedOf(run.json);

    for (const kind of KINDS)
      expect(sumOf(told.map(({ waited }) => waited?.[kind]?.ms ?? 0))).toBe(sums[kind]);
    const reasons = told.flatMap(({ waited }) => Object.values(waited ?? {}).map(({ why }) => why));
    expect(reasons).toContainEqual(expect.stringMatching(/asks for a pause$/));
    expect(reasons).toContainEqual(expect.stringContaining('The site answered 500'));
  });

  it('says on the screen why nothing moves', () => {
    expect(run.stderr).toMatch(/^[A-Z][\w ]+: waiting \d s: .*asks for a pause$/m);
  });
});

describe('a site that is down', { timeout: 120_000 }, () => {
  it('is left alone by the next runs too, which say until when, and is asked again when that is over', async () => {
    const doctor = (): Promise<CliResult> =>
      library.run(['doctor', '--api-url', standin.apiUrl, '--json', '--patience', '1']);
    standin.faults.down();
    let last = await doctor();
    for (let runs = 1; runs < 6 && breakersOf(last).length === 0; runs += 1) last = await doctor();

    const [breaker] = breakersOf(last);
    expect(breaker).toMatchObject({ state: 'open', endpoint: expect.stringContaining(' enums') as string });
    const halfOpenAt = Date.parse(breaker?.half_open_at ?? '');
    const before = last.json.requests.total;
    expect(before).toBeGreaterThan(0);

    const waiting = await library.run(['doctor', '--api-url', standin.apiUrl, '--json', '--patience', '0.1']);
    if (Date.now() < halfOpenAt) {
      expect(waiting.json.requests.total).toBe(0);
      expect(waiting.json.failures[0]?.why).toContain('is left alone for');
    }

    standin.faults.up();
    const up = await library.run(['doctor', '--api-url', standin.apiUrl, '--json', '--patience', '60']);
    expect(breakersOf(up)).toEqual([]);
    expect(up.json.requests.total).toBeGreaterThan(0);
    expect(Date.now()).toBeGreaterThanOrEqual(halfOpenAt);
  });
});

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

function waitedOf(json: JsonResult): Sums & { readonly total: number } {
  return (json.requests as unknown as { waited_ms: Sums & { readonly total: number } }).waited_ms;
}

interface Breaker {
  readonly endpoint: string;
  readonly state: string;
  readonly half_open_at: string;
}

function breakersOf({ json }: CliResult): readonly Breaker[] {
  return (json.requests as unknown as { breakers: readonly Breaker[] }).breakers;
}
