import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OptionTable } from '../verbs/option.ts';
import { parseConfig, requireConfig } from './parse.ts';
import type { ParsedConfig } from './parse.ts';
import { configJsonSchema, configSchema } from './schema.ts';

const VERBS: readonly OptionTable[] = [
  {
    name: 'scan',
    options: [
      { name: 'images', kind: 'optional', summary: 'how many' },
      { name: 'profile', kind: 'text', choices: ['beside', 'collected'], summary: 'where' },
      { name: 'max-age', kind: 'text', summary: 'how old' },
      { name: 'skip-missing', kind: 'flag', summary: 'skip' },
      { name: 'pattern', kind: 'list', summary: 'which' },
      { name: 'limit', kind: 'number', summary: 'how many' },
    ],
  },
  { name: 'missing', options: [] },
];
const SCHEMA = configSchema(VERBS);

function parse(text: string, env: Record<string, string> = {}): ParsedConfig {
  return parseConfig({ path: '/etc/civitarium.yaml', text }, SCHEMA, env);
}

describe('parseConfig', () => {
  it('reads the fixed keys with their defaults, and a section for each command with flags', () => {
    const { config, problems } = parse(
      'api: { rate: 30 }\nroots: [/m]\nhosts: { "civitai.com": { spacing_ms: 500 } }\nscan:\n  images: 3\n  max_age: 30d\n  skip_missing: true\n  pattern: [lora/**]\n',
    );

    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      api: { url: 'https://civitai.com/api/v1', rate: 30, patience: 60 },
      roots: ['/m'],
      hosts: { 'civitai.com': { spacing_ms: 500 } },
      scan: { images: 3, max_age: '30d', skip_missing: true, pattern: ['lora/**'] },
    });
  });

  it.each(['', '# nothing', '---\n'])('takes an empty file for no settings: %j', (text) => {
    expect(parse(text)).toEqual({ config: {}, problems: [] });
  });

  it('puts the environment and the home folder in, and leaves what is not set as written', () => {
    const { config } = parse('roots: [~/models, "${DISK}/models", "${NOT_SET}/x", "a~/b"]', {
      HOME: '/home/ana',
      DISK: '/mnt',
    });

    expect(config?.roots).toEqual(['/home/ana/models', '/mnt/models', '${NOT_SET}/x', 'a~/b']);
  });

  it.each([
    ['api:\n  rate: fast\n', 2, 3, 'api.rate'],
    ['scan:\n  images: 1\n  profile: sideways\n', 3, 3, 'scan.profile'],
    ['roots: /m\n', 1, 1, 'roots'],
    ['\n\nnonsense: 1\n', 3, 1, 'nonsense'],
    ['hosts:\n  civitai.com:\n    concurrency: 0\n', 3, 5, 'hosts.civitai.com.concurrency'],
    ['missing:\n  removed: true\n', 1, 1, 'missing'],
    ['- a\n- b\n', 1, 1, ''],
  ])('names line, column and key of what is wrong in %j', (text, line, column, key) => {
    expect(parse(text)).toMatchObject({
      config: undefined,
      problems: [{ line, column, key, message: expect.any(String) }],
    });
  });

  it('says which key was meant', () => {
    expect(parse('scan: { profil: beside }').problems[0]?.message).toBe(
      'unknown key "profil"; did you mean "profile"?',
    );
  });

  it.each(['a: [1', 'a: 1\na: 2', '\t- x', 'a: *nowhere', 'a: &x [*y]', bomb()])(
    'has a place for broken YAML %#',
    (text) => {
      const { config, problems } = parse(text);

      expect(config).toBeUndefined();
      expect(problems[0]).toMatchObject({ line: expect.any(Number), message: expect.any(String) });
    },
  );

  it('takes any text without a fault', () => {
    const word = fc.constantFrom(
      'api',
      'scan',
      ':',
      ' ',
      '\n',
      '- ',
      '&a',
      '*a',
      '{',
      '}',
      '[',
      ']',
      '"',
      '__proto__',
      'constructor',
      '<<',
      '!!js',
      '1e999',
      '~',
      '|',
      '?',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 20 }).map((words) => words.join('')),
        ),
        (text) => {
          const { config, problems } = parse(text);
          expect(config === undefined).toBe(problems.length > 0);
          expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
        },
      ),
    );
  });
});

/** Aliases of aliases of aliases: a few lines that would fill the memory. */
function bomb(): string {
  const rows = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level <= 9; level += 1)
    rows.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`);
  return rows.join('\n');
}

describe('requireConfig', () => {
  it('throws all problems in one sentence for each, with file, line and column', () => {
    const source = { path: '/etc/civitarium.yaml', text: 'a: 1\nb: 2\n' };

    expect(() => requireConfig(source, parseConfig(source, SCHEMA, {}))).toThrow(
      expect.objectContaining({
        code: 'config-invalid',
        exitCode: 1,
        message: expect.stringMatching(
          /2 problems:\n {2}\/etc\/civitarium\.yaml:1:1 a: .*\n {2}\/etc\/civitarium\.yaml:2:1 b: /,
        ),
      }),
    );
  });
});

describe('configJsonSchema', () => {
  it('knows the sections and their keys, for editors', () => {
    expect(configJsonSchema(VERBS)).toMatchObject({
      title: 'Civitarium configuration',
      additionalProperties: false,
      properties: {
        api: { type: 'object' },
        scan: { properties: { profile: { enum: ['beside', 'collected'] }, max_age: { type: 'string' } } },
      },
    });
  });
});
