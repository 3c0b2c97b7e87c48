import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outdated, referencePages } from '../scripts/docs.ts';
import { EXAMPLE_CONFIG } from '../scripts/reference/config.ts';
import { disagreements, messagesIn } from '../scripts/reference/errors.ts';
import { readTables } from '../scripts/reference/tables.ts';
import { readArguments } from '../src/cli/arguments.ts';
import { COMMON_OPTIONS } from '../src/cli/common-options.ts';
import { inOurWords, isDataManagerCall, readDataManagerCall } from '../src/cli/data-manager-flags.ts';
import { parseConfig } from '../src/config/parse.ts';
import { configJsonSchema, configSchema } from '../src/config/schema.ts';
import { VERBS } from '../src/verbs/list.ts';
import type { Verb } from '../src/verbs/verb.ts';
import { startStandin } from '../standin/start.ts';
import type { Standin } from '../standin/start.ts';
import { makeHome } from './cli.ts';
import type { Home } from './cli.ts';
import { MAY_IMPORT } from './house.ts';
import { writeWorldLibrary } from './world-library.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LARGEST_PICTURE = 300_000;

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !name.includes('node_modules'))
    .map((name) => join(folder, name).replaceAll('\\', '/'));
}

const GUIDES = ['README.md', ...filesIn('docs/guide', '.md')];
const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...['docs', 'src', 'web', 'standin'].flatMap((folder) => filesIn(folder, '.md')),
];

/** Blocks of a page in one language. */
function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    (match) => match[1] ?? '',
  );
}

/** Commands that a page shows, in blocks and within its text, as lists of words behind the program's name. */
function commandsOf(text: string): string[][] {
  const lines = blocksOf(text, 'sh').flatMap((block) => block.split('\n'));
  const spans = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`(civitarium [^`]+)`/g)].map(
    (match) => match[1] ?? '',
  );
  return [...lines, ...spans]
    .filter((line) => line.startsWith('civitarium ') && !line.includes('COMMAND'))
    .map((line) => wordsOf(line.replace(/ > \S+$/, '')).slice(1));
}

function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}

/** The anchor that a heading gets. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] ?? ''));
}

describe('every page', () => {
  it('has links that lead somewhere, headings included', () => {
    const wrong = PAGES.flatMap((page) => {
      const text = textOf(page).replace(/```[\s\S]*?```/g, '');
      return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap((match) => {
        const [path = '', anchor] = (match[1] ?? '').split('#');
        if (/^[a-z]+:/.test(path)) return [];
        const target = path === '' ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
        const isThere =
          existsSync(target) &&
          (anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).includes(anchor));
        return isThere ? [] : [`${page}: ${match[1] ?? ''}`];
      });
    });

    expect(wrong).toEqual([]);
  });

  it('names only files of ours that exist', () => {
    const pages = PAGES.filter((page) => !page.startsWith('docs/reference/'));
    const wrong = pages.flatMap((page) =>
      [...textOf(page).matchAll(/`((?:src|test|scripts|docs|bench)\/[\w./-]*)`/g)]
        .map((match) => match[1] ?? '')
        .filter((path) => !existsSync(join(ROOT, path)) && !(path in MAY_IMPORT))
        .map((path) => `${page}: ${path}`),
    );

    expect(wrong).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const shown = PAGES.flatMap((page) =>
      [...textOf(page).matchAll(/npm (?:run )?(test|(?<=run )[\w:-]+)/g)].map((match) => match[1] ?? ''),
    );

    expect(new Set(shown).size).toBeGreaterThan(8);
    expect([...new Set(shown)].filter((name) => !(name in scripts))).toEqual([]);
  });

  it('keeps its pictures small', () => {
    const pictures = existsSync(join(ROOT, 'docs/images')) ? filesIn('docs/images', '.png') : [];

    expect(pictures.length).toBeGreaterThan(0);
    expect(pictures.filter((path) => statSync(join(ROOT, path)).size > LARGEST_PICTURE)).toEqual([]);
  });
});

describe('the README', () => {
  it('begins with what it is and the two commands', () => {
    const lines = textOf('README.md').split('\n').filter(Boolean);

    expect(lines[1]).toMatch(/^Civitarium keeps your AI models/);
    const demo = lines.indexOf('npm ci && npm run demo');
    const tests = lines.indexOf('npm ci && npm test');
    expect(demo).toBeGreaterThan(0);
    expect(demo).toBeLessThan(tests);
    expect(tests).toBeLessThan(12);
  });

  it('thanks the five projects by name', () => {
    for (const name of [
      'CivitScraper',
      'Civitai Data Manager',
      'weinhooney/CivitAI',
      'whitevamp/civitai-image-scraper',
      'tambovtsev-io/devops-course',
    ]) {
      expect(textOf('README.md')).toContain(name);
    }
  });
});

describe('the limits that the README tells', () => {
  it('name no command that is there', () => {
    const section = /## What it does not do yet([\s\S]*?)\n## /.exec(textOf('README.md'))?.[1] ?? '';
    const named = [...section.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? '');

    expect(section.length).toBeGreaterThan(100);
    expect(VERBS.map((entry) => entry.name).filter((name) => named.includes(name))).toEqual([]);
  });
});

describe('the reference', () => {
  it('is what the code says', async () => {
    expect(outdated(await referencePages())).toEqual([]);
  });

  it('names every flag of every command', async () => {
    const text = textOf('docs/reference/commands.md');
    const verbs = await Promise.all(VERBS.map((entry) => entry.load()));

    expect(verbs.filter((verb) => !text.includes(`\n## ${verb.name}\n`)).map((verb) => verb.name)).toEqual(
      [],
    );
    const flags = verbs.flatMap((verb) => verb.options.map((option) => `\`--${option.name}`));
    expect(flags.filter((flag) => !text.includes(flag))).toEqual([]);
  });

  it('reads tables, columns and comments off the schema', () => {
    const source = `export interface Tables {\n  pot: PotTable;\n}\n\n/** Something\n * to cook in. */\nexport interface PotTable {\n  id: Generated<number>;\n  /** Litres. */\n  size: number | null;\n}\n`;

    expect(readTables(source)).toEqual([
      {
        name: 'pot',
        about: 'Something to cook in.',
        columns: [
          { name: 'id', type: 'integer, given by the catalog', about: '' },
          { name: 'size', type: 'integer, or null', about: 'Litres.' },
        ],
      },
    ]);
  });

  it('takes the words of an error from where it is thrown, and notices a code without any, and one that is gone', () => {
    const source =
      "throw new UserError(`No ${thing} here.`, { code: 'made-up', next: 'Look elsewhere.' }); const other = { code: 'made-twice' };";

    expect([...messagesIn(source)]).toEqual([['made-up', ['1', 'No … here.', 'Look elsewhere.']]]);
    expect(disagreements(source)).toContain('"made-twice" is not explained');
    expect(disagreements(source)).not.toContain('"made-up" is not explained');
    expect(disagreements(source)).toContain('"disk-full" is not in the source');
  });
});

describe('the architecture page', () => {
  it('has the table that the test enforces', () => {
    const rows = [...textOf('docs/architecture.md').matchAll(/^\| `([^`]+)`\s*\|[^|]*\|([^|]*)\|$/gm)];
    const table = Object.fromEntries(
      rows.map(([, folder = '', names = '']) => [
        folder,
        names.trim() === 'nothing' ? [] : names.split(',').map((name) => name.trim()),
      ]),
    );

    const enforced = Object.entries(MAY_IMPORT).map(
      ([folder, names]) => [folder, names.map((name) => name.replace('src/', ''))] as const,
    );
    expect(table).toEqual(Object.fromEntries(enforced));
  });

  it('has an index of all decisions', () => {
    const index = textOf('docs/decisions/README.md');

    expect(
      filesIn('docs/decisions', '.md').filter(
        (path) => !index.includes(path.slice('docs/decisions/'.length)) && !path.endsWith('README.md'),
      ),
    ).toEqual([]);
  });
});

/** Reads a command line, also in the words of Civitai Data Manager. */
async function readAsGiven(words: readonly string[], verbs: readonly Verb[]): Promise<void> {
  const commands = new Set(verbs.map(({ name }) => name));
  if (!isDataManagerCall(words, commands, COMMON_OPTIONS))
    return void (await readArguments(words, VERBS, '0'));
  const options = [...COMMON_OPTIONS, ...verbs.flatMap((verb) => verb.options)];
  const call = readDataManagerCall(words, new Map(), options);
  await readArguments(inOurWords(call, call.output), VERBS, '0');
}

describe('what the guide shows', () => {
  it('is every command at least once', () => {
    const shown = new Set(
      GUIDES.flatMap((page) =>
        commandsOf(textOf(page)).map((words) => words.find((word) => !word.startsWith('-'))),
      ),
    );

    expect(VERBS.map((entry) => entry.name).filter((name) => !shown.has(name))).toEqual([]);
  });

  it('is read by the command line as it stands, and so are the examples of the help', async () => {
    const verbs = await Promise.all(VERBS.map((entry) => entry.load()));
    const examples = verbs.flatMap((verb) =>
      verb.examples.map(([line]) => wordsOf(line.replace(/ > \S+$/, '')).slice(1)),
    );
    const refused: string[] = [];
    for (const words of [...GUIDES.flatMap((page) => commandsOf(textOf(page))), ...examples]) {
      await readAsGiven(words, verbs).catch((error: unknown) =>
        refused.push(`${words.join(' ')}: ${String(error)}`),
      );
    }

    expect(examples.length).toBeGreaterThan(10);
    expect(refused).toEqual([]);
  });

  it('is a right configuration wherever it is YAML', async () => {
    const schema = configSchema(await Promise.all(VERBS.map((entry) => entry.load())));
    const blocks = [EXAMPLE_CONFIG, ...GUIDES.flatMap((page) => blocksOf(textOf(page), 'yaml'))];

    expect(blocks.length).toBeGreaterThan(3);
    for (const text of blocks)
      expect(parseConfig({ path: 'shown.yaml', text }, schema, {}).problems, text).toEqual([]);
  });

  it('tells those who come from CivitScraper of every key there is', async () => {
    const { properties } = configJsonSchema(
      await Promise.all(VERBS.map((entry) => entry.load())),
    ) as JsonNode;
    const { jobs, ...sections } = properties ?? {};
    const theirs = ['api', 'input_paths', 'output', 'organization', 'scanner', 'logging', 'default_job'];
    const branches = Object.values(recordOf(jobs)?.anyOf ?? {}).slice(0, 2);
    const jobKeys = branches.flatMap((branch) =>
      Object.keys(branch.properties ?? {}).filter((key) => !Object.hasOwn(sections, key)),
    );
    const keys = [
      ...theirs.flatMap((name) => keysOf(name, sections[name] ?? {})),
      ...jobKeys.map((key) => `jobs.NAME.${key}`),
    ];
    const ours = ['api.url', 'api.rate', 'api.patience', 'api.browsing_level', 'jobs.NAME.overwrite'];
    const [, section = ''] = textOf('docs/guide/coming-from-civitscraper.md').split(
      /\n## (?:Every key|Files)\n/,
    );
    const told = [...section.matchAll(/^\| `([\w.]+)` +\|/gm)].map((match) => match[1] ?? '');

    expect(told.length).toBeGreaterThan(60);
    expect(keys.filter((key) => !ours.includes(key) && !told.includes(key))).toEqual([]);
    expect(told.filter((key) => !keys.includes(key))).toEqual([]);
  });

  it('quotes messages that the program has', () => {
    const source = [...filesIn('src', '.ts'), 'bin/civitarium.js']
      .map(textOf)
      .join('\n')
      .replaceAll('${NEEDED}', '24');
    const quoted = [...textOf('docs/guide/troubleshooting.md').matchAll(/^\| `([^`]+)`/gm)].map(
      (match) => match[1] ?? '',
    );
    const pieces = quoted.map((message) => message.replaceAll('…', '').trim());

    expect(pieces.length).toBeGreaterThan(10);
    expect(pieces.filter((piece) => !source.includes(piece))).toEqual([]);
  });
});

interface JsonNode {
  readonly properties?: Readonly<Record<string, JsonNode>>;
  readonly additionalProperties?: JsonNode | boolean;
  readonly anyOf?: readonly JsonNode[];
}

function recordOf(node: JsonNode | undefined): JsonNode | undefined {
  return typeof node?.additionalProperties === 'object' ? node.additionalProperties : undefined;
}

/** Every key below one, joined by dots; `NAME` where any may stand. */
function keysOf(name: string, node: JsonNode): string[] {
  const record = recordOf(node);
  if (record !== undefined) return keysOf(`${name}.NAME`, record);
  const section = node.properties ?? node.anyOf?.find((one) => one.properties !== undefined)?.properties;
  if (section === undefined) return [name];
  return Object.entries(section).flatMap(([key, inner]) => keysOf(`${name}.${key}`, inner));
}

/** What another program kept of one version. */
async function writeRecord(folder: string, { world, apiUrl }: Standin): Promise<void> {
  const [versionId = 0] = world.versionIds();
  const answer = await fetch(`${apiUrl}/model-versions/${versionId}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ink_civitai_model_version.json'), await answer.text());
}

/** A post whose images the site shows. */
async function somePost({ apiUrl }: Standin): Promise<number> {
  const answer = await fetch(`${apiUrl}/images?limit=1&browsingLevel=31&sort=Oldest`);
  const { items } = (await answer.json()) as { items: { postId: number }[] };
  return items[0]?.postId ?? 0;
}

describe('the commands of the guide', () => {
  let home: Home;
  let standin: Standin;

  beforeAll(async () => {
    standin = await startStandin({ models: 20, seed: 5 });
    home = makeHome();
    const models = join(home.folder, 'models');
    const [first] = writeWorldLibrary(standin.world, join(models, 'lora'), 8);
    const file = join(models, 'lora', first?.path ?? '');
    for (const name of ['models/ink.safetensors', 'lora.safetensors'])
      copyFileSync(file, join(home.folder, name));
    await sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
      .png()
      .toFile(join(home.folder, 'image.png'));
    const plain = [0, 2].map((nth) => `model:${standin.world.modelIds()[nth]}  # one of them`);
    writeFileSync(join(home.folder, 'list.txt'), plain.join('\n'));
    const urls = [`# mine`, `https://civitai.com/posts/${await somePost(standin)}`, plain[0], ''];
    writeFileSync(join(home.folder, 'get_all_models_urls.txt'), urls.join('\r\n'));
    mkdirSync(join(home.folder, 'archive'));
    const logs = join(home.folder, 'CivitAI/download_logs/ann');
    mkdirSync(logs, { recursive: true });
    writeFileSync(join(logs, 'ann_download_log.json'), JSON.stringify({ success: [], failed: [] }));
    mkdirSync(join(home.folder, 'images'));
    writeFileSync(join(home.folder, 'images/12345.txt'), JSON.stringify({ raw_prompt: 'smile, tree' }));
    await writeRecord(join(home.folder, 'civitai-data/ink'), standin);
  });

  afterAll(async () => {
    await standin.close();
    home.remove();
  });

  it('do what they say, one after the other', async () => {
    const failed: string[] = [];
    const commands = GUIDES.flatMap((page) => commandsOf(textOf(page))).filter(canRun);
    for (const line of new Set(commands.map((words) => words.join(' ')))) {
      const words = line.split(' ').map((word) => word.replace(/^~/, home.folder));
      const { code, stderr } = await home.run([...words, '--rate', '6000', '--patience', '5'], {
        env: { CIVITARIUM_API_URL: standin.apiUrl },
      });
      if (code !== 0) failed.push(`${line} ended with ${String(code)}: ${stderr}`);
    }

    expect(commands.length).toBeGreaterThan(20);
    expect(failed).toEqual([]);
  }, 240_000);

  it('count as the page for scripts says, and their sums hold', async () => {
    const rows = [...textOf('docs/guide/scripting.md').matchAll(/^\| `(\w+)` +\| `(\w+)` = ([^;|]+)/gm)];

    expect(rows.length).toBeGreaterThan(4);
    for (const [, verb = '', total = '', parts = ''] of rows) {
      const words = [
        verb,
        ...(verb === 'scan'
          ? [join(home.folder, 'models')]
          : verb === 'clean'
            ? ['--yes']
            : verb === 'get'
              ? ['--retry-failed']
              : []),
      ];
      const { json } = await home.run([...words, '--json', '--rate', '6000'], {
        env: { CIVITARIUM_API_URL: standin.apiUrl },
      });
      const names = [...parts.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? '');
      expect(Object.keys(json.counts), verb).toEqual(expect.arrayContaining([total, ...names]));
      expect(json.counts[total], verb).toBe(names.reduce((sum, name) => sum + (json.counts[name] ?? 0), 0));
    }
  }, 60_000);
});

/** Left out: what speaks of other machines' folders or other people's versions, what is tried elsewhere, and patterns. */
function canRun(words: readonly string[]): boolean {
  const line = words.join(' ');
  return !/\/mnt|\/tmp|[A-Z]{4,}|\.\.\.|^pin |^demo|^krita |^organize$|^organize (?!.*--dry-run)|^undo|^clean$|^clean (?!.*--dry-run)|^scan$|--rate|^-c my_config|^--all-jobs|\*/.test(
    line,
  );
}
