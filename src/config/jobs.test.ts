import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../base/errors.ts';
import type { Job } from '../verbs/jobs/job.ts';
import type { OptionTable } from '../verbs/option.ts';
import { jobConfig, jobNames } from './job-layer.ts';
import { jobOf } from './jobs.ts';
import { parseConfig, requireConfig } from './parse.ts';
import { configSchema } from './schema.ts';
import type { ConfigFile } from './schema.ts';

const VERBS: readonly OptionTable[] = [
  {
    name: 'update',
    arguments: [{ name: 'path', many: true, required: false, summary: 'folders' }],
    options: [
      { name: 'images', kind: 'optional', summary: 'how many' },
      { name: 'output', kind: 'text', summary: 'where' },
      { name: 'max-age', kind: 'text', default: '7d', summary: 'how old' },
    ],
  },
  { name: 'krita', options: [{ name: 'add', kind: 'flag', summary: 'add' }] },
];
const SCHEMA = configSchema(VERBS);

const INPUTS = `
input_paths:
  lora: { path: models/lora, type: LORA, recursive: false }
  more: { path: /mnt/lora, type: lora, patterns: ['*.pt', 'sdxl/*.safetensors'] }
  big: { path: /mnt/big, type: Checkpoint }
`;

function read(text: string): ConfigFile {
  const source = { path: '/etc/c.yaml', text };
  return requireConfig(source, parseConfig(source, SCHEMA, {}));
}

function job(text: string, name = 'one'): Job {
  return jobOf(read(`${INPUTS}${text}`), name, VERBS, '/srv');
}

describe('a scan-paths job', () => {
  it('has the defaults that the document promises', () => {
    expect(job('jobs: { one: { type: scan-paths, paths: [big] } }')).toEqual({
      kind: 'scan-paths',
      name: 'one',
      inputs: [
        { id: 'big', path: '/mnt/big', type: 'Checkpoint', patterns: ['*.safetensors'], recursive: true },
      ],
      skipExisting: true,
      verifyHashes: true,
      maxAgeMs: 86_400_000,
      names: {
        info: { path: '{model_dir}', filename: '{model_name}.json' },
        page: { path: '{model_dir}', filename: '{model_name}.html' },
        preview: { path: '{model_dir}', filename: '{model_name}.preview{ext}' },
        gallery: undefined,
      },
      images: 'all',
      leads: [],
      organise: undefined,
    });
  });

  it('leads its pages to galleries of other jobs with the same pages: earlier ones where it has its own, else any', () => {
    const html = (gallery: string): string => `output: { metadata: { html: { ${gallery} } } }`;
    const made = (path: string): string => html(`generate_gallery: true, gallery_path: ${path}`);
    const text = `jobs:
  none: { type: scan-paths, paths: [big] }
  first: { type: scan-paths, paths: [big], ${made('first.html')} }
  apart: { type: scan-paths, paths: [big], ${html('filename: "x-{model_name}.html"')} }
  own: { type: scan-paths, paths: [big], ${html('generate_gallery: true, include_existing_in_gallery: false')} }
  last: { type: scan-paths, paths: [lora], ${made('/srv/last.html')}, organization: { enabled: true, output_dir: /out } }
`;
    const first = { path: 'first.html', folders: ['/mnt/big'] };
    const last = { path: '/srv/last.html', folders: ['/srv/models/lora', '/out'] };

    expect(job(text, 'none')).toMatchObject({ leads: [first, last] });
    expect(job(text, 'first')).toMatchObject({ leads: [] });
    expect(job(text, 'apart')).toMatchObject({ leads: [] });
    expect(job(text, 'own')).toMatchObject({ leads: [first] });
    expect(job(text, 'last')).toMatchObject({ leads: [first] });
  });

  it('takes all input paths of type LORA when it names none', () => {
    expect(job('jobs: { one: { type: scan-paths, paths: [] } }')).toMatchObject({
      inputs: [{ id: 'lora' }, { id: 'more', patterns: ['*.pt', 'sdxl/*.safetensors'] }],
    });
  });

  it('has nowhere to work without one', () => {
    const text = 'input_paths: { big: { path: /b, type: Checkpoint } }\njobs: { one: { type: scan-paths } }';

    expect(() => jobOf(read(text), 'one', VERBS, '/srv')).toThrow(
      expect.objectContaining({ code: 'job-no-input', exitCode: 1 }),
    );
  });

  it.each([
    ['', false],
    [', recursive: true', true],
    [', recursive: false', false],
  ])('looks into folders as the job says before what the path says%s', (key, recursive) => {
    expect(job(`jobs: { one: { type: scan-paths, paths: [lora]${key} } }`)).toMatchObject({
      inputs: [{ path: '/srv/models/lora', recursive }],
    });
  });

  it('starts relative places at the working directory, but for those below the model', () => {
    const text = `
jobs:
  one:
    type: scan-paths
    output:
      metadata:
        path: '{model_dir}/notes'
        html: { path: 'pages/{model_type}', generate_gallery: true, gallery_path: out/all.html, gallery_title: Mine }
      images: { path: /previews, max_count: 3, filenames: { preview: '{model_name}-cover.png' } }
    organization: { enabled: true, output_dir: sorted }
`;
    expect(job(text)).toMatchObject({
      names: {
        info: { path: '{model_dir}/notes' },
        page: { path: '/srv/pages/{model_type}' },
        preview: { path: '/previews', filename: '{model_name}-cover{ext}' },
        gallery: { path: '/srv/out/all.html', title: 'Mine', includeExisting: true },
      },
      images: 3,
      organise: { outputDir: '/srv/sorted', template: 'by_type_and_basemodel', mode: 'copy' },
    });
  });

  it.each([
    ['{}', undefined],
    ['{ generate_gallery: true }', 'gallery.html'],
    ['{ generate_gallery: true, gallery_path: "{model_dir}/all.html" }', 'all.html'],
    ['{ generate_gallery: true, gallery_path: /g/all.html }', '/g/all.html'],
  ])('leaves a gallery without a folder to its root: %s', (html, path) => {
    const made = job(`jobs: { one: { type: scan-paths, output: { metadata: { html: ${html} } } } }`);

    expect(made.kind === 'scan-paths' ? made.names.gallery?.path : 'wrong kind').toBe(path);
  });

  it.each([
    ['{ save: false, max_count: 4 }', 'none'],
    ['{ max_count: 0 }', 'none'],
    ['{ max_count: 4 }', 4],
    ['{ max_count: }', 'all'],
  ])('reads how many previews are wanted: %s', (images, wish) => {
    expect(job(`jobs: { one: { type: scan-paths, output: { images: ${images} } } }`)).toMatchObject({
      images: wish,
    });
  });

  it('writes everything to base_dir by type when there is one', () => {
    const made = job(
      'jobs: { one: { type: scan-paths, output: { base_dir: all, metadata: { path: "{model_dir}" } } } }',
    );

    expect(made).toMatchObject({
      names: { info: { path: '/srv/all/{model_type}' }, preview: { path: '/srv/all/{model_type}' } },
    });
  });

  it.each([
    ['operation_mode: symlink', { mode: 'symlink' }],
    ['move_files: true', { mode: 'move' }],
    ['create_symlinks: true', { mode: 'symlink' }],
    ['on_collision: overwrite', { onCollision: 'skip' }],
    ['on_collision: fail', { onCollision: 'fail' }],
    ['dry_run: true', { dryRun: true }],
    ['template: by_date', { template: 'by_date' }],
    ["template: by_date, custom_template: ' '", { template: 'by_date' }],
    [
      "template: by_date, custom_template: '{type}/{creator|nobody}'",
      { template: '{type}/{creator|nobody}' },
    ],
  ])('organises as asked: %s', (keys, organise) => {
    expect(
      job(`jobs: { one: { type: scan-paths, organization: { enabled: true, ${keys} } } }`),
    ).toMatchObject({
      organise,
    });
  });
});

describe('what a job inherits', () => {
  const TEXT = `
api: { base_url: 'https://civitai.com/api/v1', timeout: 7, batch: { rate_limit: 50, max_concurrent: 2 } }
scanner: { cache_validity: 60 }
output: { images: { max_count: 4, path: /p } }
organization: { enabled: true, operation_mode: symlink }
jobs:
  plain: { type: scan-paths }
  own:
    type: scan-paths
    api: { rate: 20 }
    force_refresh: true
    output: { images: { max_count: } }
    organization: { enabled: false }
`;

  it('is every section of the file, joined key by key with its own; an empty key takes back', () => {
    const config = read(`${INPUTS}${TEXT}`);

    expect(jobOf(config, 'plain', VERBS, '/')).toMatchObject({
      images: 4,
      organise: { mode: 'symlink' },
      maxAgeMs: 60_000,
    });
    expect(jobOf(config, 'own', VERBS, '/')).toMatchObject({
      images: 'all',
      names: { preview: { path: '/p' } },
      organise: undefined,
    });
    expect(jobConfig(config, 'own', VERBS)).toMatchObject({
      api: { url: 'https://civitai.com/api/v1', rate: 20, timeout: 7, batch: { max_concurrent: 2 } },
      scanner: { cache_validity: 60, force_refresh: true },
    });
    expect(jobConfig(config, 'plain', VERBS)).toMatchObject({ api: { rate: 50 } });
  });
});

describe('a sync-lora-triggers job', () => {
  it.each([
    ['', 'empty'],
    [', overwrite_triggers: true', 'always'],
    [', overwrite_triggers: false', 'empty'],
    [', overwrite: never', 'never'],
  ])('fills what is empty unless told otherwise%s', (keys, overwrite) => {
    expect(job(`jobs: { one: { type: sync-lora-triggers, paths: [lora]${keys} } }`)).toMatchObject({
      kind: 'sync-lora-triggers',
      lorasFile: '/srv/loras.json',
      inputs: [{ id: 'lora' }],
      overwrite,
    });
  });
});

describe('a job that runs a command', () => {
  it('has the flags as keys, input paths by name, and the defaults of the section and the command', () => {
    const text = `
update: { images: 2, output: /from-section }
jobs: { one: { type: update, paths: [lora, other/folder], output: /here } }
`;
    expect(job(text)).toEqual({
      kind: 'verb',
      name: 'one',
      verb: 'update',
      input: {
        arguments: ['models/lora', 'other/folder'],
        options: { images: '2', output: '/here', 'max-age': '7d' },
      },
    });
  });

  it('takes the roots when it names no paths, and words of the command from its type', () => {
    expect(job('roots: [/m]\njobs: { one: { type: update } }')).toMatchObject({
      input: { arguments: ['/m'] },
    });
    expect(job('jobs: { one: { type: krita sync, add: true } }')).toMatchObject({
      verb: 'krita',
      input: { arguments: ['sync'], options: { add: true } },
    });
  });
});

describe('jobs of any mapping', () => {
  it('are built, or refused with a sentence', () => {
    const word = fc.constantFrom(
      'scan-paths',
      'sync-lora-triggers',
      'update',
      'krita sync',
      'lora',
      'LORA',
      '/m',
      '{model_dir}/x',
      'by_type',
      '{type}',
      'move',
      '__proto__',
      'constructor',
      '',
      '../..',
      '{',
      '\0',
      'a.html',
    );
    const key = fc.constantFrom(
      'jobs',
      'input_paths',
      'output',
      'organization',
      'api',
      'batch',
      'metadata',
      'html',
      'images',
      'type',
      'paths',
      'path',
      'patterns',
      'recursive',
      'enabled',
      'template',
      'output_dir',
      'max_count',
      'one',
      'default_job',
      'filenames',
      'preview',
      'scanner',
      'logging',
      'file',
      '__proto__',
      'toString',
      'url',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium' },
        word,
        fc.boolean(),
        fc.integer({ min: -1, max: 70 }),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((rows) => Object.fromEntries(rows)),
      ),
    }));
    const job = fc.array(fc.tuple(key, value), { maxLength: 6 }).map((rows) => Object.fromEntries(rows));
    const file = fc.record({
      jobs: fc.dictionary(
        fc.constantFrom('one', 'two', '__proto__', 'constructor'),
        fc.tuple(job, word).map(([rows, type]) => ({ ...rows, type })),
      ),
      input_paths: fc.constant({ lora: { path: 'l', type: 'LORA' } }),
      rest: job,
    });
    fc.assert(
      fc.property(file, ({ rest, ...own }) => {
        const source = { path: '/c.yaml', text: JSON.stringify({ ...rest, ...own }) };
        const { config, problems } = parseConfig(source, SCHEMA, {});
        expect(config === undefined).toBe(problems.length > 0);
        for (const problem of problems) expect(problem.line).toBeGreaterThan(0);
        for (const name of config === undefined ? [] : jobNames(config)) {
          try {
            jobOf(config as ConfigFile, name, VERBS, '/srv');
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
        }
        expect(({} as Record<string, unknown>)['type']).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });
});
