import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { organize } from '../../src/verbs/organize.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { treeOf } from '../tree.ts';
import { runOnTerminal } from '../terminal.ts';
import { runVerb } from '../verb-run.ts';
import { makeOrganiseLibrary } from './testing/organise-library.ts';
import type { OrganiseLibrary } from './testing/organise-library.ts';
import { mountDisk, whyNoDisk } from './testing/small-disk.ts';

interface Planned {
  readonly from: string;
  readonly to: string;
}

const noDisk = whyNoDisk();
if (noDisk !== undefined) console.log(`skipped: a read-only and a full disk: ${noDisk}`);

describe('the place where a file is to be put', { timeout: 120_000 }, () => {
  let standin: Standin;
  let library: OrganiseLibrary;
  let plan: readonly Planned[];
  /** The first file of the plan, the one that finds something in its way. */
  let first: Planned;

  beforeAll(async () => {
    standin = await startStandin({ models: 20, seed: 11, speed: 0 });
    library = await makeOrganiseLibrary(standin, 6);
    library.reset();
    const dry = await library.run('organize', library.folder, '--dry-run');
    plan = dry.json['plan'] as Planned[];
    first = plan[0] ?? { from: '', to: '' };
  });

  beforeEach(() => library.reset());

  afterAll(async () => {
    library.remove();
    await standin.close();
  });

  function put(path: string, bytes: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }

  it.each([
    ['skip', 0, 'skipped'],
    ['rename', 0, undefined],
    ['fail', 3, 'failed'],
  ] as const)('holds another file: --on-collision %s ends with %i', async (what, code, counted) => {
    put(first.to, 'somebody else');
    const before = library.tree();

    const result = await library.run('organize', library.folder, '--on-collision', what);
    const undone = await library.run('undo', '--yes');

    const second = first.to.replace(/(\.\w+)$/, ' (2)$1');
    expect(result.code, result.stderr).toBe(code);
    expect(result.json.counts['done']).toBe(plan.length - (counted === undefined ? 0 : 1));
    if (counted !== undefined) {
      // A file nobody knows and the one in the way, which no scan has seen, stay as well.
      const usual = counted === 'skipped' ? 2 : 0;
      expect(result.json.counts[counted]).toBe(1 + usual);
    }
    if (what === 'fail') expect(result.json.failures[0]).toMatchObject({ what: first.from, code: 'in-the-way' }); // prettier-ignore
    if (what === 'skip') expect(result.json.warnings.join()).toContain('Something else stands there');
    expect(undone.code, undone.stderr).toBe(0);
    expect(withoutPages(library.tree())).toEqual(withoutPages(before));
    expect(existsSync(second)).toBe(false);
    expect(readFileSync(first.to, 'utf8')).toBe('somebody else');
  });

  it('holds another file: the second name is a whole file with its notes beside it', async () => {
    put(first.to, 'somebody else');
    const bytes = readFileSync(first.from);

    await library.run('organize', library.folder, '--on-collision', 'rename');

    const stem = first.to.replace(/\.\w+$/, '');
    expect(readFileSync(first.to.replace(/(\.\w+)$/, ' (2)$1'))).toEqual(bytes);
    expect(existsSync(`${stem} (2).civitai.info`)).toBe(true);
    expect(existsSync(`${stem} (2).html`)).toBe(true);
  });

  it('holds the same bytes: that file is done, and both stay', async () => {
    mkdirSync(dirname(first.to), { recursive: true });
    writeFileSync(first.to, readFileSync(first.from));

    const result = await library.run('organize', library.folder, '--on-collision', 'fail');

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({ identical: 1, failed: 0 });
    expect(existsSync(first.from)).toBe(true);
  });

  it.each([
    ['a folder', () => mkdirSync(first.to, { recursive: true })],
    ['a dangling link', () => link('/nowhere/at/all')],
    ['a link out of the library', () => link(join(library.home.folder, 'outside.txt'))],
  ] as const)('holds %s: that stays as it is, and so does the file', async (_what, make) => {
    writeFileSync(join(library.home.folder, 'outside.txt'), 'outside');
    make();
    const before = lstatSync(first.to);
    const bytes = readFileSync(first.from);

    const result = await library.run('organize', library.folder);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toMatchObject({ done: plan.length - 1, failed: 0 });
    expect(lstatSync(first.to).ino).toBe(before.ino);
    expect(readFileSync(first.from)).toEqual(bytes);
    expect(readFileSync(join(library.home.folder, 'outside.txt'), 'utf8')).toBe('outside');
  });

  function link(to: string): void {
    mkdirSync(dirname(first.to), { recursive: true });
    symlinkSync(to, first.to);
  }

  it.each([
    ['a file', () => put(dirname(first.to), 'in the way')],
    ['a link out of the library', () => linkFolder(join(library.home.folder, 'outside'))],
    ['a dangling link', () => linkFolder('/nowhere/at/all')],
  ] as const)('has %s for its folder: that is told, nothing goes through it', async (_what, make) => {
    const outside = join(library.home.folder, 'outside');
    mkdirSync(outside, { recursive: true });
    make();
    const there = plan.filter(({ to }) => to.startsWith(`${dirname(first.to)}/`)).length;

    const result = await library.run('organize', library.folder);

    expect(result.code, result.stderr).toBe(3);
    expect(result.json.counts).toMatchObject({ done: plan.length - there, failed: there });
    expect(existsSync(first.from)).toBe(true);
    expect(treeOf(outside)).toEqual({});
    rmSync(outside, { recursive: true });
  });

  function linkFolder(to: string): void {
    mkdirSync(dirname(dirname(first.to)), { recursive: true });
    symlinkSync(to, dirname(first.to));
  }

  it('is on a file system that shares no blocks, or shares them: --mode reflink says which', async () => {
    const before = library.tree();

    const result = await library.run('organize', library.folder, '--mode', 'reflink');

    if (result.json.counts['done'] === 0) {
      expect(result.code).toBe(3);
      expect(result.json.failures[0]).toMatchObject({
        code: 'no-reflink',
        why: expect.stringContaining("can't share blocks") as string,
        next: expect.stringContaining('--mode') as string,
      });
    } else expect(result.code, result.stderr).toBe(0);
    const after = library.tree();
    expect(Object.keys(after).filter((path) => path.endsWith('.tmp'))).toEqual([]);
    expect(library.known.filter(({ path }) => after[path] !== before[path])).toEqual([]);
  });

  it.each([
    ['changed', () => writeFileSync(first.from, 'mine now'), 'file-changed'],
    [
      'changed without its size and time',
      () => {
        const { atime, mtime, size } = statSync(first.from);
        rmSync(first.from);
        writeFileSync(first.from, 'x'.repeat(size));
        utimesSync(first.from, atime, mtime);
      },
      'file-changed',
    ],
    ['removed', () => rmSync(first.from), 'file-vanished'],
    ['preceded', () => put(first.to, 'quicker'), 'in-the-way'],
  ] as const)(
    'is reached by a file that was %s after the plan was shown: that one is left',
    async (_how, change, code) => {
      const result = await runVerb(organize, library.home, {
        flags: { 'api-url': standin.apiUrl },
        arguments: [library.folder],
        replace: () => ({
          terminal: {
            interactive: true,
            confirm: async () => {
              change();
              return true;
            },
            print: () => undefined,
          },
        }),
      });

      expect(result.failures).toMatchObject([{ what: first.from, code }]);
      expect(result.counts).toMatchObject({ done: plan.length - 1, failed: 1 });
      if (code === 'in-the-way') expect(readFileSync(first.to, 'utf8')).toBe('quicker');
      else expect(existsSync(first.to)).toBe(false);
      expect(existsSync(first.from)).toBe(code !== 'file-vanished');
    },
  );

  it.each(['n', 'y'])('is shown on a terminal, and %s decides', async (answer) => {
    const before = library.tree();
    const shown: string[] = [];

    const result = await runVerb(organize, library.home, {
      flags: { 'api-url': standin.apiUrl },
      arguments: [library.folder],
      replace: () => ({
        terminal: {
          interactive: true,
          confirm: async (question) => {
            shown.push(question);
            return answer === 'y';
          },
          print: (line) => void shown.push(line),
        },
      }),
    });

    expect(shown[0]).toBe(`${library.folder}/organized/`);
    expect(shown.at(-1)).toContain(`Put ${plan.length} files there?`);
    expect(result.counts['done']).toBe(answer === 'y' ? plan.length : 0);
    if (answer === 'n') expect(library.tree()).toEqual(before);
  });

  it('is shown on a real terminal as a tree, and nothing moves before a yes', async () => {
    const before = library.tree();
    const answer = (typed: string): Promise<string | undefined> =>
      runOnTerminal(library.home, ['organize', library.folder, '--api-url', standin.apiUrl], {
        question: `Put ${plan.length} files there?`,
        typed,
      });

    const refused = await answer('n');
    if (refused === undefined) return;
    expect(refused).toContain(`${library.folder}/organized/`);
    expect(library.tree()).toEqual(before);
    const agreed = await answer('y');

    expect(agreed).toMatch(new RegExp(`${plan.length} (?:files )?moved|${plan.length} done`));
    for (const { from, to } of plan) {
      expect(existsSync(from), from).toBe(false);
      expect(existsSync(to), to).toBe(true);
    }
  });

  it('is filled while a scan looks at the same folders: both end well', async () => {
    const [organised, scanned] = await Promise.all([
      library.run('organize', library.folder),
      library.run('scan', library.folder, '--images', '2'),
    ]);
    const again = await library.run('scan', library.folder, '--images', '2');

    expect(organised.code, organised.stderr).toBe(0);
    expect(scanned.code, scanned.stderr).toBe(0);
    expect(organised.json.counts['done']).toBe(plan.length);
    expect(plan.filter(({ to }) => !existsSync(to))).toEqual([]);
    expect(again.json.counts).toMatchObject({ files: plan.length + 1, hashed: 0 });
  });

  describe.skipIf(noDisk !== undefined)('on a disk of its own', () => {
    it('that is read-only: each file is told and stays', async () => {
      const disk = mountDisk(64 << 20);
      try {
        const before = library.tree();
        execFileSync('mount', ['-o', 'remount,ro', disk.folder]);

        const result = await library.run('organize', library.folder, '--output', join(disk.folder, 'sorted'));

        expect(result.code, result.stderr).toBe(3);
        expect(result.json.counts).toMatchObject({ done: 0, failed: plan.length });
        expect(result.json.failures[0]?.why).toContain('The file system is read-only');
        const after = library.tree();
        expect(library.modelHashes(after)).toEqual(library.modelHashes(before));
      } finally {
        disk.remove();
      }
    });

    it.each([0.3, 0.7])(
      'with room for %f of it: what fits goes, no byte is lost, and the rest follows',
      async (part) => {
        const disk = mountDisk(256 << 20);
        try {
          const output = join(disk.folder, 'sorted');
          const before = library.tree();
          await library.run('organize', library.folder, '--output', output);
          const needed = disk.usedBytes();
          const whole = treeOf(output);
          rmSync(output, { recursive: true, force: true });
          library.reset();
          disk.resize(Math.floor(needed * part));

          const full = await library.run('organize', library.folder, '--output', output);
          const hashes = new Set([...Object.values(library.tree()), ...Object.values(treeOf(disk.folder))]);
          const temps = Object.keys(treeOf(disk.folder)).filter((path) => path.endsWith('.tmp'));
          disk.resize(256 << 20);
          const again = await library.run('organize', library.folder, '--output', output);
          const models = library.modelHashes(treeOf(output));
          const undone = await library.run('undo', '--yes');

          expect(full.code, full.stderr).toBe(4);
          expect(full.json.failures.map(({ code }) => code)).toContain('disk-full');
          expect(library.modelHashes(before).filter((hash) => !hashes.has(hash))).toEqual([]);
          expect(temps).toEqual([]);
          expect(again.code, again.stderr).toBe(0);
          expect(models).toEqual(library.modelHashes(whole));
          expect(undone.code, undone.stderr).toBe(0);
          expect(library.modelHashes(library.tree())).toEqual(library.modelHashes(before));
        } finally {
          disk.remove();
        }
      },
    );
  });
});

/** What stood in the way is a model file as well: it gets a page and a card. */
function withoutPages(tree: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).filter(([path]) => !/\.html$|^gallery\.files\/.*\.js$/.test(path)),
  );
}
