import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_KEY } from '../../standin/access.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { faultAt } from '../faults.ts';
import { findAuthor, USERS, withoutHome } from './testing/get-author.ts';
import type { Author, Log } from './testing/get-author.ts';
import { makeGetStory, steady } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

const SEED = 3;

let standin: Standin;
let story: GetStory;
let author: Author;
/** What all of the author leaves when nothing goes wrong. */
let undisturbed: Record<string, string>;

beforeAll(async () => {
  standin = await startStandin({ models: 40, seed: SEED, images: 240, pictures: 2000, speed: 0 });
  author = await findAuthor(standin);
  const first = makeGetStory(standin);
  const result = await first.get([`user:${author.username}`, ...USERS]);
  if (result.signal !== null && result.signal !== undefined) throw new Error(result.stderr);
  undisturbed = steady(first);
  first.home.remove();
});

beforeEach(() => {
  standin.reset();
  standin.world.changes.undoChanges();
  story = makeGetStory(standin);
});

afterEach(() => {
  standin.faults.use('');
  story.home.remove();
});

afterAll(() => standin.close());

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(story.out, path), 'utf8'));
}

describe('the log of get with the profile users', { timeout: 180_000 }, () => {
  it('keeps a log of what came and what did not, without any signed address', async () => {
    const { username, images } = author;
    const path = `download_logs/${username}/${username}_download_log`;

    standin.faults.use('media:404=1');
    await story.get([`user:${username}`, ...USERS]);
    const before = read(`${path}.json`) as Log;
    standin.faults.use('');
    await story.get(['--retry-failed', '--profile', 'users']);
    const after = read(`${path}.json`) as Log;

    expect(before.failed.filter(({ type }) => type === 'image')).toHaveLength(images.length);
    expect(before.failed.find(({ type }) => type === 'image')).toMatchObject({
      reason: 'missing',
      info: { page_url: expect.stringMatching(/^https:\/\/civitai\.com\/images\/\d+$/) },
    });
    expect(before.success.map(({ type }) => type)).toEqual(expect.arrayContaining(['lora', 'model_meta']));
    expect(after.failed.filter(({ type }) => type === 'image')).toEqual([]);
    const archived = author.models.filter(({ mode }) => mode === 'Archived');
    expect(archived.length).toBeGreaterThan(0);
    for (const { versions } of archived)
      expect(after.failed).toContainEqual(
        expect.objectContaining({
          id: versions[0]?.id,
          type: 'lora',
          reason: 'safetensors_not_found_in_api',
        }),
      );
    const logged = after.success.filter(({ type }) => type === 'image');
    expect(logged.map(({ id }) => id).toSorted()).toEqual(images.map(({ id }) => id).toSorted());
    for (const one of after.success) expect(readFileSync(one.path)).toHaveLength(one.size);
    const text = readFileSync(join(story.out, `${path}.txt`), 'utf8');
    expect(text).toContain(`Here: ${after.success.length}`);
    for (const said of [JSON.stringify(before), JSON.stringify(after), text])
      expect(said).not.toMatch(/signature|X-Amz|presigned_url"|token=/i);
  });

  it('sets aside a log of another program at the same place', async () => {
    const { username } = author;
    const folder = join(story.out, 'download_logs', username);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${username}_download_log.json`), '{"success": [');

    const result = await story.get([`https://civitai.com/user/${username}/models`, ...USERS]);

    expect(readFileSync(join(folder, `${username}_download_log.before-civitarium.json`), 'utf8')).toBe(
      '{"success": [',
    );
    expect(result.json.warnings.join()).toContain('civitarium import');
  });

  it('asks the public API and its storage only, and writes neither key nor signed address anywhere', async () => {
    const { username, images } = author;
    const args = [`user:${username}`, `post:${images[0]?.postId}`, ...USERS, '--debug'];

    const result = await story.get(args, { env: { CIVITAI_API_KEY: SAMPLE_KEY } });

    expect(result.json.counts['fetched'] ?? 0).toBeGreaterThan(0);
    const asked = Object.keys(result.json.requests.byEndpoint);
    expect(
      asked.filter(
        (name) => !/^(?:me|models|images|creators|posts|model-versions|media|download|storage)\b/.test(name),
      ),
    ).toEqual([]);
    const files = readdirSync(story.home.folder, { recursive: true, withFileTypes: true });
    for (const { parentPath, name } of files.filter((one) => one.isFile())) {
      const bytes = readFileSync(join(parentPath, name));
      for (const secret of [SAMPLE_KEY, 'X-Amz-Signature'])
        expect([name, bytes.includes(secret)]).toEqual([name, false]);
    }
    expect(result.stderr).not.toMatch(new RegExp(`${SAMPLE_KEY}|X-Amz-Signature`));
  });

  it('comes to the same end under faults and after kills', async () => {
    const { username } = author;
    const patient = ['--patience', '600', `user:${username}`, ...USERS];
    standin.faults.use('*:any=0.2');
    for (const [point, passage] of [
      ['transfer.placed', 4],
      ['outputs.intended', 2],
      ['image-notes.intended', 1],
    ] as const)
      await story.get(patient, { env: faultAt('kill', point, passage) });
    standin.faults.use('');
    const log = read(`download_logs/${username}/${username}_download_log.json`) as Log;
    await story.get([...patient, '--retry-failed']);

    expect(Array.isArray(log.success)).toBe(true);
    expect(withoutHome(steady(story))).toEqual(withoutHome(undisturbed));
  });
});
