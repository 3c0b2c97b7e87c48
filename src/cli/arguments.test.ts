import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VerbEntry } from '../verbs/list.ts';
import type { Verb } from '../verbs/verb.ts';
import { readArguments } from './arguments.ts';
import type { Asked } from './arguments.ts';

const sort: Verb = {
  name: 'sort',
  summary: 'sort things',
  description: 'Sorts things.',
  examples: [['civitarium sort a', 'sorts a']],
  arguments: [{ name: 'path', many: true, required: false, summary: 'things' }],
  options: [
    { name: 'output', kind: 'text', value: 'DIR', summary: 'where' },
    { name: 'way', kind: 'text', choices: ['up', 'down'], summary: 'which way' },
    { name: 'skip-missing', kind: 'flag', summary: 'skip', aliases: ['skipmissing'] },
    { name: 'images', kind: 'optional', value: 'N', bare: 'all', summary: 'how many' },
    { name: 'pattern', kind: 'list', value: 'GLOB', summary: 'which' },
    { name: 'limit', kind: 'number', value: 'N', summary: 'how many' },
  ],
  run: async () => ({ counts: {}, warnings: [], failures: [], exitCode: 0, summary: [] }),
};

const loaded: string[] = [];

function entry(verb: Verb): VerbEntry {
  return {
    name: verb.name,
    summary: verb.summary,
    load: async () => {
      loaded.push(verb.name);
      return verb;
    },
  };
}

const VERBS = [entry(sort), entry({ ...sort, name: 'count', options: [] })];

async function ask(...argv: string[]): Promise<Extract<Asked, { kind: 'verb' }>> {
  const asked = await readArguments(argv, VERBS, '1.2.3');
  if (asked.kind !== 'verb') throw new Error('Nothing was asked for.');
  return asked;
}

describe('readArguments', () => {
  let printed: string;

  beforeEach(() => {
    printed = '';
    loaded.length = 0;
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('gives the arguments and options of the verb, and loads no other', async () => {
    const { verb, input } = await ask('sort', 'a', '--output', 'dir', 'b');

    expect(verb.name).toBe('sort');
    expect(input.arguments).toEqual(['a', 'b']);
    expect(input.options).toMatchObject({ output: 'dir', way: undefined });
    expect(loaded).toEqual(['sort']);
  });

  it('takes common flags before and after the verb', async () => {
    const before = await ask('--json', '--rate', '30', '-c', 'sort', 'sort', 'a');
    const after = await ask('sort', 'a', '-c', 'sort', '--rate=30', '--json');

    expect(before.common).toMatchObject({ json: true, rate: 30, config: 'sort' });
    expect(after.common).toEqual(before.common);
    expect(after.input.arguments).toEqual(['a']);
  });

  it('reads lists with commas and by repetition, and optional values bare or given', async () => {
    expect((await ask('sort', '--pattern', 'a,b', '--pattern', 'c')).input.options['pattern']).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect((await ask('sort', '--images')).input.options['images']).toBe('all');
    expect((await ask('sort', '--images', '5')).input.options['images']).toBe('5');
    expect((await ask('sort')).input.options['images']).toBeUndefined();
  });

  it('takes old spellings for the new ones', async () => {
    expect((await ask('sort', '--skipmissing')).input.options).toMatchObject({ 'skip-missing': true });
  });

  it.each([
    ['sort', '--nonsense'],
    ['sort', '--way', 'sideways'],
    ['sort', '--limit', 'many'],
    ['sort', '--limit', '-1'],
    ['sort', '--limit', ''],
    ['sort', '--output'],
    ['nonsense'],
    ['--nonsense'],
  ])('refuses %j %j %j with a sentence', async (...argv) => {
    const words = argv.filter((word): word is string => typeof word === 'string');

    await expect(readArguments(words, VERBS, '1.2.3')).rejects.toMatchObject({
      code: 'bad-argument',
      exitCode: 1,
      message: expect.stringMatching(/^[^(].*\.$/s),
    });
  });

  it.each([
    [['sort', '--nonsense'], 'civitarium help sort shows what it takes.'],
    [['nonsense'], 'civitarium --help lists commands and flags.'],
  ])('names the page of help that is of use: %j', async (argv, next) => {
    await expect(readArguments(argv, VERBS, '1.2.3')).rejects.toMatchObject({
      next: expect.stringContaining(next) as unknown,
    });
  });

  it.each([[[]], [['--json']], [['--catalog', 'sort']], [['--catalog=x', '--quiet']]])(
    'takes common flags alone for the default job, and has help at hand: %j',
    async (argv) => {
      const asked = await readArguments(argv, VERBS, '1.2.3');

      expect(asked).toMatchObject({ kind: 'jobs', which: 'default' });
      if (asked.kind === 'jobs') asked.showHelp();
      expect(printed).toContain('Usage: civitarium');
      expect(printed).toContain('--all-jobs');
      expect(loaded).toEqual([]);
    },
  );

  it.each([
    [['-j', 'sort'], { name: 'sort' }],
    [['--quiet', '--job=nightly'], { name: 'nightly' }],
    [['--all-jobs', '--dry-run'], 'all'],
    [['--all-jobs', '-j', 'nightly'], { name: 'nightly' }],
  ])('reads which jobs are meant: %j', async (argv, which) => {
    expect(await readArguments(argv, VERBS, '1.2.3')).toMatchObject({ kind: 'jobs', which });
    expect(loaded).toEqual([]);
  });

  it.each([[['-j', 'nightly', 'sort', 'a']], [['sort', 'a', '--all-jobs']]])(
    'refuses a job together with a command: %j',
    async (argv) => {
      await expect(readArguments(argv, VERBS, '1.2.3')).rejects.toMatchObject({
        code: 'bad-argument',
        message: expect.stringContaining('in place of a command') as unknown,
      });
    },
  );

  it('tells of jobs in the help of the program, not in that of a command', async () => {
    await readArguments(['help', 'sort'], VERBS, '1.2.3');
    expect(printed).toContain('--dry-run');
    expect(printed).not.toContain('--all-jobs');
  });

  it('shows the version and the help of one verb', async () => {
    await readArguments(['--version'], VERBS, '1.2.3');
    expect(printed).toBe('1.2.3\n');
    await readArguments(['help', 'sort'], VERBS, '1.2.3');
    expect(printed).toContain('--pattern <GLOB>');
    expect(printed).not.toContain('skipmissing');
  });
});
