import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { organize } from '../../src/verbs/organize.ts';
import { undo } from '../../src/verbs/undo.ts';
import type { Verb } from '../../src/verbs/verb.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { treeOf } from '../tree.ts';
import { runVerb } from '../verb-run.ts';
import { makeJobLibrary, USUAL_NAMES } from './testing/job-library.ts';
import type { JobLibrary } from './testing/job-library.ts';

describe('what a job has written, when its files are organised', () => {
  let standin: Standin;
  let library: JobLibrary;

  beforeAll(async () => {
    standin = await startStandin({ models: 100, seed: 11, speed: 0 });
  });
  beforeEach(() => {
    standin.reset();
    library = makeJobLibrary(standin);
  });
  afterEach(() => library.home.remove());
  afterAll(() => standin.close());

  const run = (verb: Verb, ...paths: readonly string[]) =>
    runVerb(verb, library.home, { flags: { 'api-url': standin.apiUrl, yes: true }, arguments: paths });

  it('is one gallery of several roots that shows them all after organize and undo in one of them', async () => {
    const types = readdirSync(library.folder);
    const gallery = { path: join(library.home.folder, 'all', 'models.html'), title: undefined, includeExisting: true }; // prettier-ignore
    const inputs = types.map((type) => library.input(type, { type }));
    await library.run(library.job({ inputs, names: { ...USUAL_NAMES, gallery } }));
    const shown = (): string[] => {
      const cards = readFileSync(join(dirname(gallery.path), 'models.files/cards.js'), 'utf8');
      return library.files.flatMap(({ path }) => (cards.includes(stemOf(path)) ? [stemOf(path)] : []));
    };
    const all = library.files.map(({ path }) => stemOf(path));
    const before = treeOf(join(library.home.folder, 'all'));
    const [first = ''] = types;

    const organised = await run(organize, join(library.folder, first));
    const after = { shown: shown(), tree: treeOf(join(library.home.folder, 'all')) };
    const undone = await run(undo);

    expect(types.length).toBeGreaterThan(1);
    expect(organised.failures).toEqual([]);
    expect(organised.counts['done']).toBeGreaterThan(0);
    expect(organised.data?.['galleries']).toEqual([gallery.path]);
    expect(after.shown).toEqual(all);
    expect(after.tree).not.toEqual(before);
    expect(undone.failures).toEqual([]);
    expect(treeOf(join(library.home.folder, 'all'))).toEqual(before);
  });
});

function stemOf(path: string): string {
  return (path.split('/').at(-1) ?? '').replace(/\.\w+$/, '');
}
