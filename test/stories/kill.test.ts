import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { faultAt, faultPoints } from '../faults.ts';
import { differences, makeYardstick } from './testing/story-library.ts';
import type { Yardstick } from './testing/story-library.ts';

/** Later passages of a point are for `npm run soak`. */
const SOAK = process.env['CIVITARIUM_SOAK'] === '1';

/** Which passages of each point a scan is killed at; a scan of this library passes each of them at least so often. */
const KILLS: Readonly<Record<string, readonly number[]>> = {
  'migrate-begun': [1],
  'migrate-applied': [1],
  'migrate-recorded': [1],
  'hashes.recorded': [1],
  'identify.looked-up': [1],
  'identify.versions': [1],
  'identify.models': [1, 2],
  'previews.intended': [1, 2],
  'previews.recorded': [1],
  'outputs.intended': [1, 4],
  'outputs.recorded': [2, 4],
  'place.opened': [30, 130],
  'place.written': [2, 110],
  'place.synced': [100, 1],
  'place.renamed': [80, 1, 40, 125],
  'place.folder-synced': [1, 9],
};

/** Points that this scan does not pass; the suites of those verbs and of `--sidecars` try them. */
const OF_OTHER_VERBS =
  /^(?:coverage|get|image-notes|krita|moves?|organi[sz]e|part|prompts|sidecar|transfer|trash)\./;

describe('a scan that is killed', { timeout: 120_000 }, () => {
  let story: Yardstick;

  beforeAll(async () => {
    story = await makeYardstick();
  });

  beforeEach(() => story.library.reset());

  afterAll(() => story.close());

  it('would end the same twice if nothing disturbed it', async () => {
    const result = await story.library.run();

    expect(result.code, result.stderr).toBe(0);
    expect(differences(await story.library.end(), story.undisturbed)).toEqual([]);
    expect(story.undisturbed.files).toMatchObject({ 'gallery.html': expect.any(String) as string });
  });

  it('is tried at every named point that it passes', () => {
    expect(Object.keys(KILLS).sort()).toEqual(faultPoints().filter((point) => !OF_OTHER_VERBS.test(point)));
  });

  const cases = Object.entries(KILLS).flatMap(([point, passages]) =>
    passages.slice(0, SOAK ? undefined : 1).map((passage) => [point, passage] as const),
  );

  it.each(cases)('at %s (%i) goes on to the same end', async (point, passage) => {
    const { library, undisturbed } = story;

    const killed = await library.run(library.scan, { env: faultAt('kill', point, passage) });
    const again = await library.run();

    expect(killed.signal).toBe('SIGKILL');
    expect(again.code, again.stderr).toBe(0);
    expect(differences(await library.end(), undisturbed)).toEqual([]);
  });

  it('goes on to the same end when it is killed again while it goes on', async () => {
    const { library, undisturbed } = story;
    const faults = [
      faultAt('kill', 'place.renamed', 20),
      faultAt('kill', 'previews.intended'),
      faultAt('kill', 'place.synced', 70),
      faultAt('kill', 'outputs.recorded', 3),
    ];

    for (const env of faults) expect((await library.run(library.scan, { env })).signal).toBe('SIGKILL');
    const again = await library.run();

    expect(again.code, again.stderr).toBe(0);
    expect(differences(await library.end(), undisturbed)).toEqual([]);
  });

  it('asks nothing again that was answered, and reads nothing again that was hashed', async () => {
    const { library, standin } = story;
    await library.run(library.scan, { env: faultAt('kill', 'outputs.recorded', 2) });
    standin.reset();

    const again = await library.run();

    expect(again.json.counts['hashed']).toBe(0);
    expect(standin.requests()).toEqual({});
  });

  it('stays in the list of runs as one that did not come to its end, and doctor says so', async () => {
    const { library } = story;
    await library.run(library.scan, { env: faultAt('kill', 'hashes.recorded') });

    const doctor = await library.run(['doctor', '--offline', '--json']);

    expect(doctor.code, doctor.stderr).toBe(0);
    expect(doctor.json['findings']).toContainEqual(
      expect.objectContaining({
        about: 'runs',
        state: 'note',
        says: expect.stringMatching(/^1 runs? did not come to/) as string,
      }),
    );
  });
});
