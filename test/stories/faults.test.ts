import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inPool } from '../../src/base/pool.ts';
import { startStandin } from '../../standin/start.ts';
import { makeWorld } from '../../standin/world/world.ts';
import type { CliResult } from '../cli.ts';
import { differences, makeStoryLibrary } from './testing/story-library.ts';
import { partsOfFiles } from './testing/sums.ts';

const world = makeWorld({ models: 30, images: 0, seed: 23 });
const KNOWN = 6;
const FILES = KNOWN + 2;

/** A name for each kind of trouble, and the faults that make it. */
const TROUBLES = {
  'by answers with other bytes, or about something else':
    'model-versions:bytes=0.2,error-200=0.2;models:bytes=0.2,error-200=0.2',
  'in every way at once': '*:any=0.5@1,delay=0.1@200',
  'by reset': '*:reset=0.5',
  'by truncate': '*:truncate=0.5',
  'by length': '*:length=0.5',
  'by 429': '*:429=0.5@1',
  'by 429-date': '*:429-date=0.5@1',
  'by 429-bare': '*:429-bare=0.5',
  'by 500': '*:500=0.5',
  'by 502': '*:502=0.5',
  'by 503': '*:503=0.5@1',
  'by 524': '*:524=0.5',
  'by html': '*:html=0.5',
  'by html-403': '*:html-403=0.5',
  'by slowness': 'media:trickle=0.5@40000;*:delay=0.5@300',
  'by long pauses': 'model-versions:429=0.6@3;media:429-date=0.3@3',
} as const;
type Trouble = keyof typeof TROUBLES;
const NAMES = Object.keys(TROUBLES) as Trouble[];

interface Outcome {
  readonly result: CliResult;
  /** How the end differs from that of an undisturbed scan. */
  readonly unlike: readonly string[];
  /** How often which fault befell which endpoint. */
  readonly faults: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
  /** Requests as the site counts them. */
  readonly requests: number;
}

/** Scans a library twice, each time as a new user: undisturbed, then with these faults. */
async function scanTwice(faults: string): Promise<Outcome> {
  const standin = await startStandin({ world, speed: 0 });
  const library = makeStoryLibrary(standin, { models: KNOWN });
  const scan = [
    'scan',
    library.folder,
    '--api-url',
    standin.apiUrl,
    '--rate',
    '60000',
    '--patience',
    '120',
    '--json',
  ];
  try {
    await library.run(scan);
    const wanted = await library.end();
    library.reset();
    standin.reset();
    standin.faults.use(faults);
    const result = await library.run(scan, { timeoutMs: 170_000 });
    const unlike = differences(await library.end(), wanted);
    const requests = sumOf(standin.requests());
    return { result, unlike, faults: standin.faults.counts(), problems: standin.problems(), requests };
  } finally {
    library.remove();
    await standin.close();
  }
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

describe('half of all requests fail', () => {
  const outcomes = new Map<Trouble, Promise<Outcome>>();
  let all: Promise<void>;

  // They wait much and work little: as many as the machine bears at once, and each test looks at its own.
  beforeAll(() => {
    const ends = new Map(NAMES.map((name) => [name, Promise.withResolvers<Outcome>()]));
    for (const [name, { promise }] of ends) outcomes.set(name, promise);
    all = inPool(NAMES, 16, (name) =>
      scanTwice(TROUBLES[name]).then(ends.get(name)?.resolve, ends.get(name)?.reject),
    );
  });

  afterAll(() => all);

  it.for(NAMES)(
    '%s: the scan ends whole and like an undisturbed one, and minds its manners',
    { timeout: 180_000 },
    async (name) => {
      const outcome = await outcomes.get(name);
      if (outcome === undefined) throw new Error('The scan was not begun.');
      const { result, unlike, faults, problems, requests } = outcome;

      expect(result.code, result.stderr).toBe(0);
      expect(unlike).toEqual([]);
      expect(result.json.failures).toEqual([]);
      expect(result.json.counts).toMatchObject({ files: FILES, unchecked: 0, failed: 0 });
      expect(partsOfFiles(result.json)).toBe(FILES);
      expect(result.json.requests.total).toBe(requests);
      expect(problems).toEqual([]);
      expect(sumOf(faults)).toBeGreaterThan(1);
      if (name === 'by long pauses') expect(result.stderr).toContain('asks for a pause');
    },
  );
});
