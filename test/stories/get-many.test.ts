import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src/catalog/open.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { stillClock } from '../catalogs.ts';
import { makeGetStory, sampleAt, sha256 } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

let standin: Standin;
let story: GetStory;

beforeAll(async () => {
  standin = await startStandin({ models: 24, creators: 1, seed: 11, images: 160, pictures: 1000, speed: 0 });
});

beforeEach(() => {
  standin.reset();
  story = makeGetStory(standin);
});

afterEach(() => {
  standin.faults.use('');
  story.home.remove();
});

afterAll(() => standin.close());

function target(): string {
  const creator = standin.world.creators().find(({ system, username }) => !system && username !== null);
  return `https://civitai.com/user/${creator?.username ?? ''}/images`;
}

describe('a get of many files', { timeout: 120_000 }, () => {
  it('prints no line for each that came, and names the first ten that did not', async () => {
    const came = await story.get([target()]);
    const other = makeGetStory(standin);
    try {
      standin.faults.use('media:410=1');
      const refused = await other.get([target()]);

      const { wanted = 0 } = came.json.counts;
      expect(wanted).toBeGreaterThan(60);
      expect(came.code, came.stderr).toBe(0);
      expect(came.stderr.match(/^ {2}fetched /gm) ?? []).toEqual([]);
      expect(came.json.counts).toMatchObject({ fetched: wanted });
      expect(refused.stderr.match(/^ {2}refused /gm)).toHaveLength(10);
      expect(refused.stderr).toContain(`and ${wanted - 10} more that did not come`);
      expect(refused.json.failures).toHaveLength(wanted);
    } finally {
      other.home.remove();
    }
  });
});

describe('hashes that the configuration asks for', { timeout: 120_000 }, () => {
  it('are made of what get fetches, too', async () => {
    const { model, bytes } = sampleAt(standin, 0);
    const config = join(story.home.folder, 'config.yaml');
    writeFileSync(config, 'hashing:\n  also: [BLAKE3, CRC32]\n');

    const result = await story.get([`model:${model.id}`, '--media', 'none', '--config', config]);

    expect(result.code, result.stderr).toBe(0);
    const place = join(story.home.folder, 'data', 'civitarium', 'catalog.db');
    const catalog = await openCatalog(place, { clock: stillClock, readOnly: true });
    const rows = await catalog.db
      .selectFrom('blob')
      .innerJoin('blob_hash', 'blob_hash.blob_id', 'blob.id')
      .select('type')
      .where('sha256', '=', sha256(bytes))
      .execute();
    await catalog.close();
    expect(rows.map(({ type }) => type)).toEqual(expect.arrayContaining(['BLAKE3', 'CRC32']));
  });
});
