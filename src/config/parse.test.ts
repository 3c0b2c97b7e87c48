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
      api: { rate: 30 },
      roots: ['/m'],
      hosts: { 'civitai.com': { spacing_ms: 500 } },
      scan: { images: 3, max_age: '30d', skip_missing: true, pattern: ['lora/**'] },
    });
  });

  it.each(['', '# nothing', '---\n'])('takes an empty file for no settings: %j', (text) => {
    expect(parse(text)).toEqual({ config: {}, problems: [], notes: [], unset: [] });
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

  it('expands $NAME too, and tells what is not set with its place, but for the key', () => {
    const { config, unset } = parse(
      'catalog: $DISK/c.db\napi:\n  key: ${NO_KEY}\nroots:\n  - /a\n  - $NOT_SET/x\n',
      {
        DISK: '/mnt',
      },
    );

    expect(config).toMatchObject({ catalog: '/mnt/c.db', roots: ['/a', '$NOT_SET/x'] });
    expect(unset).toEqual([
      expect.objectContaining({
        line: 6,
        column: 5,
        key: 'roots.1',
        message: expect.stringContaining('NOT_SET'),
      }),
    ]);
  });

  it('leaves a dollar sign in a password alone', () => {
    expect(parse('catalog: "postgres://me:pa$HOME@db/x"', { HOME: '/home/ana' })).toMatchObject({
      config: { catalog: 'postgres://me:pa$HOME@db/x' },
      unset: [],
    });
  });

  it('takes for values what Python does, and merge keys', () => {
    expect(
      parse(`
scanner: { force_refresh: yes, cache_validity: 86_400 }
organization: { enabled: On, dry_run: OFF }
input_paths:
  one: &one { path: /a, type: LORA, recursive: no }
  two: { <<: *one, path: "no" }
`).config,
    ).toMatchObject({
      scanner: { force_refresh: true, cache_validity: 86_400 },
      organization: { enabled: true, dry_run: false },
      input_paths: { two: { path: 'no', type: 'LORA', recursive: false } },
    });
  });

  it('counts two spellings of one setting as one, and as wrong when they differ', () => {
    expect(
      parse('api: { base_url: "https://civitai.red/api/v1", batch: { rate_limit: 50 } }').config,
    ).toMatchObject({
      api: { url: 'https://civitai.red/api/v1', rate: 50 },
    });
    expect(parse('api: { rate: 50, batch: { rate_limit: 50 } }').problems).toEqual([]);
    expect(parse('api:\n  rate: 50\n  batch:\n    rate_limit: 100\n').problems).toMatchObject([
      { line: 4, key: 'api.batch.rate_limit', message: 'contradicts api.rate: 100 here, 50 there' },
    ]);
  });

  it('fills in `api` from the other file, key by key, and never against this one', () => {
    const source = {
      path: '/etc/c.yaml',
      text: 'api: { rate: 20 }\njobs: {}\n',
      fallback: {
        path: '/d.yaml',
        text: 'api: { base_url: "https://civitai.red/api/v1", batch: { rate_limit: 100, max_concurrent: 2 } }\nscanner: { cache_validity: 1 }\n',
      },
    };

    const { config } = parseConfig(source, SCHEMA, {});

    expect(config).toMatchObject({
      api: { url: 'https://civitai.red/api/v1', rate: 20, batch: { max_concurrent: 2 } },
    });
    expect(config?.scanner).toBeUndefined();
    const broken = { ...source, fallback: { path: '/d.yaml', text: 'api: { rate: fast }' } };
    expect(parseConfig(broken, SCHEMA, {}).config?.api).toEqual({ rate: 20 });
  });

  const inputs = 'input_paths: { lora: { path: /l, type: LORA } }\n';
  const jobs: readonly (readonly [text: string, key: string, says: RegExp])[] = [
    ['jobs: { one: { type: scan-path } }', 'jobs.one.type', /unknown type of job .*"scan-paths"\?/],
    ['jobs: { one: { type: scna } }', 'jobs.one.type', /did you mean "scan"\?/],
    ['jobs: { one: { recursive: true } }', 'jobs.one.type', /is missing/],
    ['jobs: { one: }', 'jobs.one.type', /is missing/],
    [
      'jobs: { one: { type: scan-paths, skip_exiting: true } }',
      'jobs.one.skip_exiting',
      /did you mean "skip_existing"\?/,
    ],
    ['jobs: { one: { type: scan-paths, paths: [lroa] } }', 'jobs.one.paths.0', /did you mean "lora"\?/],
    [
      'jobs: { one: { type: scan-paths, output: { html: { enabled: true } } } }',
      'jobs.one.output.html',
      /there is jobs\.one\.output\.metadata\.html/,
    ],
    [
      'jobs: { one: { type: scan-paths, output: { metadata: { format: yaml } } } }',
      'jobs.one.output.metadata.format',
      /"yaml" is not one/,
    ],
    [
      'jobs: { one: { type: scan-paths, output: { metadata: { filename: "{model_nam}.json" } } } }',
      'jobs.one.output.metadata.filename',
      /did you mean \{model_name\}\?/,
    ],
    [
      'jobs: { one: { type: scan-paths, output: { metadata: { filename: "a/{model_name}" } } } }',
      'jobs.one.output.metadata.filename',
      /no slashes/,
    ],
    [
      'jobs: { one: { type: scan-paths, output: { images: { path: "x/{model_dir}" } } } }',
      'jobs.one.output.images.path',
      /must stand first/,
    ],
    ['organization: { template: by_tpye }', 'organization.template', /did you mean "by_type"\?/],
    ['organization: { template: "{type}" }', 'organization.template', /is a name/],
    [
      'organization: { custom_template: "{nobody}" }',
      'organization.custom_template',
      /\{nobody\} is not known/,
    ],
    ['organization: { custom_template: "../{type}" }', 'organization.custom_template', /can't be/],
    ['organization: { operation_mode: mvoe }', 'organization.operation_mode', /did you mean "move"\?/],
    [
      'organization: { operation_mode: copy, move_files: true }',
      'organization.move_files',
      /contradicts operation_mode: true here, copy there/,
    ],
    [
      'organization: { create_symlinks: true, move_files: true }',
      'organization.create_symlinks',
      /contradicts move_files/,
    ],
    [
      'jobs: { one: { type: sync-lora-triggers, overwrite: never, overwrite_triggers: true } }',
      'jobs.one.overwrite_triggers',
      /contradicts overwrite/,
    ],
    ['default_job: oen\njobs: { one: { type: scan } }', 'default_job', /did you mean "one"\?/],
    ['logging: { file: { max_sise: 3 } }', 'logging.file.max_sise', /did you mean "max_size"\?/],
    ['logging: { level: LOUD }', 'logging.level', /"LOUD" is not one/],
    ['jobs: { one: { type: scan, profil: beside } }', 'jobs.one.profil', /did you mean "profile"\?/],
  ];

  it.each(jobs)('explains what is wrong with %s', (text, key, says) => {
    const { config, problems } = parse(inputs + text);

    expect(config).toBeUndefined();
    expect(problems).toMatchObject([{ key, message: expect.stringMatching(says), line: expect.any(Number) }]);
  });

  it.each([
    ['api: { key: YOUR_API_KEY }', 'api.key', /counts as not set/],
    ['api: { domains: { sfw: a.com } }', 'api.domains', /no effect/],
    ['api: { nsfw: { level_threshold: 4 } }', 'api.nsfw', /no effect/],
    ['organization: { move_files: true }', 'organization.move_files', /deprecated/],
    ['organization: { on_collision: overwrite }', 'organization.on_collision', /counts as skip/],
    [
      'jobs: { one: { type: sync-lora-triggers, skip_existing: true } }',
      'jobs.one.skip_existing',
      /no effect/,
    ],
    [
      'jobs: { one: { type: scan-paths, use_cached_metadata: true } }',
      'jobs.one.use_cached_metadata',
      /no effect/,
    ],
    [
      'input_paths: { a: { path: /a, type: Chekpoint } }',
      'input_paths.a.type',
      /did you mean "Checkpoint"\?/,
    ],
    [
      'output: { images: { filenames: { preview: "{model_name}.png" } } }',
      'output.images.filenames.preview',
      /does not end with/,
    ],
  ])('accepts and remarks on %s', (text, key, says) => {
    const { problems, notes } = parse(text);

    expect(problems).toEqual([]);
    expect(notes).toMatchObject([{ key, message: expect.stringMatching(says) }]);
  });

  it('says which key was meant', () => {
    expect(parse('scan: { profil: beside }').problems[0]?.message).toBe(
      'unknown key "profil"; did you mean "profile"?',
    );
  });

  it.each([
    ['organization', 'mode', 'operation_mode'],
    ['organization', 'dir', 'output_dir'],
    ['organization', 'output', 'output_dir'],
    ['organization', 'path_template', 'template'],
    ['scanner', 'cache', 'cache_dir" or "cache_validity'],
    ['scanner', 'refresh', 'force_refresh'],
  ])('finds in %s the key that shares words with %s', (section, key, meant) => {
    expect(parse(`${section}: { ${key}: x }`).problems[0]?.message).toContain(`did you mean "${meant}`);
  });

  it.each(['colour', 'speed_limit_of_all', 'dr'])('proposes nothing for %s', (key) => {
    expect(parse(`organization: { ${key}: x }`).problems[0]?.message).toBe(`unknown key "${key}"`);
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
