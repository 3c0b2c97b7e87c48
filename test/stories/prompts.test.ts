import { mkdirSync, readFileSync, symlinkSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { writeWorldLibrary } from '../world-library.ts';

interface Note {
  readonly [key: string]: unknown;
  readonly prompt: string;
  readonly raw_prompt: string;
}

const RAW = '1girl, (Red_Hat:1.2), smile, <lora:ink:0.8>, (blue coat, tree:1.3) BREAK sky';

let home: Home;
let images: string;
let lists: string;

beforeAll(() => {
  home = makeHome();
  lists = join(home.folder, 'lists');
});

afterAll(() => {
  home.remove();
});

let count = 0;

beforeEach(() => {
  images = join(home.folder, `images ${(count += 1)}`);
  mkdirSync(join(images, 'inner'), { recursive: true });
  mkdirSync(lists, { recursive: true });
  writeFileSync(join(lists, 'Filter_Sex.txt'), '\uFEFF# none of these\r\nSmile\r\n');
  writeFileSync(join(lists, 'Filter_Clothes.txt'), 'red hat\nblue coat\n');
  writeFileSync(join(lists, 'Filter_Etc.txt'), '');
});

const run = (...args: string[]): Promise<CliResult> =>
  home.run(['prompts', ...args, '--lists', lists, '--json']);

function writeNote(name: string, raw = RAW): string {
  const text = `{
  "prompt": "old",
  "negative": "bad",
  "cfg": 7.0,
  "seed": 18446744073709551615,
  "raw_prompt": ${JSON.stringify(raw)},
  "mine": {"10": 1, "2": "é"}
}`;
  writeFileSync(join(images, name), text);
  return text;
}

function noteOf(name: string): Note {
  return JSON.parse(readFileSync(join(images, name), 'utf8')) as Note;
}

function sumHolds({ counts }: CliResult['json']): boolean {
  const { total = -1, changed = 0, same = 0, read = 0, left = 0, failed = 0 } = counts;
  return total === changed + same + read + left + failed;
}

describe('prompts filter', () => {
  it('fills the fields of notes from the original, says what it took out, and keeps all else to the letter', async () => {
    writeNote('7.txt');
    writeNote('inner/8.txt', 'tree, sky');
    const { code, json } = await run('filter', images);

    expect(code).toBe(0);
    expect(json.counts).toEqual({ total: 2, changed: 2, same: 0, read: 0, left: 0, failed: 0, removed: 3 });
    expect(noteOf('7.txt')).toMatchObject({
      prompt: '1girl, <lora:ink:0.8>, (tree:1.3) BREAK sky',
      prompt_with_clothes: '1girl, (Red_Hat:1.2), <lora:ink:0.8>, (blue coat, tree:1.3) BREAK sky',
      raw_prompt: RAW,
      removed_terms: {
        prompt: [
          { term: 'Red_Hat', list: 'Clothes' },
          { term: 'smile', list: 'Sex' },
          { term: 'blue coat', list: 'Clothes' },
        ],
        prompt_with_clothes: [{ term: 'smile', list: 'Sex' }],
      },
    });
    const text = readFileSync(join(images, '7.txt'), 'utf8');
    expect(text).toContain('"cfg": 7.0,\n  "seed": 18446744073709551615,\n');
    expect(text).toMatch(/"10": 1,\s+"2": "é"/);
    expect(noteOf('inner/8.txt').prompt).toBe('tree, sky');
  });

  it('starts from the original each time: a word off a list is back, and what is right is not written again', async () => {
    writeNote('7.txt');
    await run('filter', images);
    const path = join(images, '7.txt');
    utimesSync(path, 1, 1);
    const second = await run('filter', images);
    writeFileSync(join(lists, 'Filter_Sex.txt'), '');
    const third = await run('filter', images);

    expect(second.json.counts).toMatchObject({ changed: 0, same: 1 });
    expect(third.json.counts).toMatchObject({ changed: 1, same: 0 });
    expect(statSync(path).mtimeMs).toBeGreaterThan(1000);
    expect(noteOf('7.txt').prompt).toBe('1girl, smile, <lora:ink:0.8>, (tree:1.3) BREAK sky');
  });

  it('never touches what is of another shape, and follows no link out of the folder', async () => {
    const others: Readonly<Record<string, string | Buffer>> = {
      'caption.txt': '1girl, smile',
      'infotext.txt': 'smile\nNegative prompt: bad\nSteps: 20, Sampler: Euler',
      'list.txt': '["smile"]',
      'no-raw.txt': '{"prompt": "smile"}',
      'raw-is-number.txt': '{"raw_prompt": 1}',
      'twice.txt': '{"raw_prompt": "smile", "raw_prompt": "tree"}',
      'cut.txt': '{"raw_prompt": "smi',
      'empty.txt': '',
      'latin.txt': Buffer.from('{"raw_prompt": "caf\xe9"}', 'latin1'),
      'deep.txt': '['.repeat(100_000),
      'note.json': '{"raw_prompt": "smile"}',
      '.hidden.json': '{}',
    };
    for (const [name, text] of Object.entries(others)) writeFileSync(join(images, name), text);
    const outside = join(home.folder, `outside ${count}.txt`);
    writeFileSync(outside, '{"raw_prompt": "smile"}');
    symlinkSync(outside, join(images, 'link.txt'));
    const before = treeOf(images);
    const { code, json } = await run('filter', images);

    expect(code).toBe(0);
    expect(json.counts).toMatchObject({ total: 10, left: 10, changed: 0 });
    expect(treeOf(images)).toEqual(before);
    expect(readFileSync(outside, 'utf8')).toBe('{"raw_prompt": "smile"}');
  });

  it('changes nothing under --dry-run and says what it would', async () => {
    writeNote('7.txt');
    const before = treeOf(images);
    const output = join(images, 'out.json');
    const { json } = await run('filter', images, '--dry-run', '--output', output);

    expect(json.counts).toMatchObject({ total: 1, changed: 1 });
    expect(treeOf(images)).toEqual(before);
  });

  it('takes lists, ways to match and fields as asked', async () => {
    writeNote('7.txt', 'a red hat, red hats, smile, sad eyes');
    writeFileSync(join(lists, 'Filter_Mood.txt'), 'sad*\n');
    const { code } = await run(
      ...`filter IMAGES --use Clothes:word,Mood:pattern,Sex --variant prompt=all-Sex --variant calm=Sex+Mood`
        .split(' ')
        .map((word) => (word === 'IMAGES' ? images : word)),
    );

    expect(code).toBe(0);
    expect(noteOf('7.txt')).toMatchObject({ prompt: 'red hats, smile', calm: 'a red hat, red hats' });
    expect(noteOf('7.txt')).not.toHaveProperty('prompt_with_clothes');
  });

  it('works as the older downloader did when asked to', async () => {
    writeNote('7.txt', '<lora:a:0.5>, ((smile), tree), (tree, smile:1.2), BREAKFAST, <lora:b>');
    await run('filter', images, '--compat');

    expect(noteOf('7.txt').prompt).toBe('<lora:b:1>, ((smile), tree), (tree), FAST,');
  });

  it('refuses lists, fields and files that can not be', async () => {
    writeNote('7.txt');
    const before = treeOf(images);
    writeFileSync(join(home.folder, 'there.json'), 'mine');
    writeFileSync(join(lists, 'Filter_Korean.txt'), Buffer.from([0xb9, 0xcc, 0xbc, 0xd2]));
    const refused: readonly (readonly [string[], string])[] = [
      [['--variant', 'prompt=all-Shoes'], 'bad-argument'],
      [['--variant', 'raw_prompt=all'], 'bad-argument'],
      [['--use', '../../etc/passwd'], 'bad-argument'],
      [['--use', 'Korean'], 'prompt-list-unreadable'],
      [['--output', 'there.json'], 'output-there'],
      [['--output', 'out.exe'], 'bad-argument'],
    ];
    for (const [more, wanted] of refused) {
      const { code, json } = await run('filter', images, ...more);
      expect(code, more.join(' ')).toBe(1);
      expect(json.failures[0]?.code, more.join(' ')).toBe(wanted);
    }
    expect(treeOf(images)).toEqual(before);
    expect(readFileSync(join(home.folder, 'there.json'), 'utf8')).toBe('mine');
  });

  it('leaves each note old or new, whole, when it is killed, and ends as if it had not been', async () => {
    const write = (): void => {
      for (const name of ['7.txt', '8.txt', 'inner/9.txt']) writeNote(name);
    };
    write();
    await run('filter', images);
    const wanted = treeOf(images);
    const done = readFileSync(join(images, '7.txt'), 'utf8');
    for (const point of ['place.written', 'place.synced:2', 'place.renamed', 'prompts.placed']) {
      write();
      const old = readFileSync(join(images, '7.txt'), 'utf8');
      const env = { CIVITARIUM_FAULT: `kill@${point}` };
      const killed = await home.run(['prompts', 'filter', images, '--lists', lists], { env });

      expect(killed.signal, point).toBe('SIGKILL');
      for (const name of ['7.txt', '8.txt', 'inner/9.txt'])
        expect([old, done], point).toContain(readFileSync(join(images, name), 'utf8'));
      expect((await run('filter', images)).code).toBe(0);
      expect(treeOf(images), point).toEqual(wanted);
    }
  });

  it('takes a prompt of a megabyte, unbalanced, with NUL', async () => {
    writeNote('7.txt', `${'(['.repeat(250_000)}smile, \0, ${'<lora:a'.repeat(50_000)}, tree`);
    const { code } = await run('filter', images);

    expect(code).toBe(0);
    expect(noteOf('7.txt').prompt).not.toContain('smile');
  });
});

describe('prompts of images and of the catalog', () => {
  it('are read from images without a note beside them, and told in --output', async () => {
    const exif = {
      IFD0: { ImageDescription: `${RAW}\nNegative prompt: bad\nSteps: 20, Sampler: Euler, Seed: 1` },
    };
    const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } }).jpeg();
    await picture.withExif(exif).toFile(join(images, '9.jpg'));
    await picture.withExif(exif).toFile(join(images, '7.jpg'));
    writeNote('7.txt');
    writeFileSync(join(images, '9.txt'), 'a caption');
    const output = join(home.folder, 'told.json');
    const { json } = await run('filter', images, '--output', output);

    expect(json.counts).toMatchObject({ total: 3, changed: 1, read: 1, left: 1 });
    expect(sumHolds(json)).toBe(true);
    const told = JSON.parse(readFileSync(output, 'utf8')) as { path: string; prompt: { text: string } }[];
    expect(told.map(({ path }) => path)).toEqual([join(images, '7.txt'), join(images, '9.jpg')]);
    expect(told[1]?.prompt.text).toBe('1girl, <lora:ink:0.8>, (tree:1.3) BREAK sky');
    expect(readFileSync(join(images, '9.txt'), 'utf8')).toBe('a caption');
  });

  it('are taken from what the catalog knows when no path is named', async () => {
    const standin = await startStandin({ models: 6, seed: 5 });
    try {
      writeWorldLibrary(standin.world, join(home.folder, 'models'), 4);
      const scan = ['scan', 'models', '--images', 'none', '--api-url', standin.apiUrl, '--rate', '60000'];
      expect((await home.run(scan)).code).toBe(0);
    } finally {
      await standin.close();
    }
    const terms = await run('terms');
    const filter = await run('filter');

    expect(terms.json.counts['prompts']).toBeGreaterThan(0);
    expect(terms.json.counts['terms']).toBe((terms.json['terms'] as unknown[]).length);
    expect(filter.json.counts['total']).toBe(terms.json.counts['total']);
    expect(filter.json.counts['read']).toBe(filter.json.counts['total']);
  });
});

describe('prompts terms', () => {
  it('counts every term, as JSON and as CSV', async () => {
    writeNote('7.txt', 'tree, Tree, (red_hat:1.2), say "hi", <lora:a>');
    writeNote('8.txt', 'tree');
    writeFileSync(join(images, 'caption.txt'), 'tree');
    const [asJson, asCsv] = [join(home.folder, 'terms.json'), join(home.folder, 'terms.csv')];
    const { json } = await run('terms', images, '--output', asJson, '--output', asCsv);

    expect(json.counts).toEqual({ total: 3, prompts: 2, left: 1, failed: 0, terms: 3, occurrences: 5 });
    expect(JSON.parse(readFileSync(asJson, 'utf8'))).toEqual([
      { term: 'tree', count: 3, prompts: 2 },
      { term: 'red hat', count: 1, prompts: 1 },
      { term: 'say "hi"', count: 1, prompts: 1 },
    ]);
    expect(readFileSync(asCsv, 'utf8')).toBe(
      'term,count,prompts\r\ntree,3,2\r\nred hat,1,1\r\n"say ""hi""",1,1\r\n',
    );
    const compat = join(home.folder, 'all_prompts.json');
    await run('terms', images, '--compat', '--output', compat);
    expect(JSON.parse(readFileSync(compat, 'utf8'))).toEqual(['tree', 'red_hat', 'say "hi"']);
  });
});

describe('prompts rebuild', () => {
  it('puts the LoRA in under its new name, and filters', async () => {
    writeNote('7.txt');
    writeNote('8.txt', 'smile, tree');
    const { json } = await run('rebuild', images, '--lora', 'ink_v2', '--from', 'ink');

    expect(json.counts).toMatchObject({ total: 2, changed: 2 });
    expect(noteOf('7.txt')).toMatchObject({
      lora: '<lora:ink_v2:0.8>',
      prompt: '1girl, <lora:ink_v2:0.8>, (tree:1.3) BREAK sky',
      raw_prompt: RAW,
    });
    expect(noteOf('8.txt')).toMatchObject({ lora: '<lora:ink_v2:1>', prompt: '<lora:ink_v2:1>, tree' });
  });

  it('takes the name from the model file beside the notes, and leaves notes that have none', async () => {
    writeNote('7.txt', 'tree');
    writeNote('inner/8.txt', 'tree');
    const header = Buffer.from(JSON.stringify({ __metadata__: { ss_output_name: 'my__ink' } }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(join(images, 'a.safetensors'), Buffer.concat([length, header]));
    const { json } = await run('rebuild', images);

    expect(json.counts).toMatchObject({ total: 2, changed: 1, left: 1 });
    expect(noteOf('7.txt').prompt).toBe('<lora:my_ink:1>, tree');
    expect(noteOf('inner/8.txt').prompt).toBe('old');
  });
});

describe('prompts init', () => {
  it('makes the lists that are missing, once, and says of missing ones that they are', async () => {
    writeNote('7.txt');
    const folder = join(home.folder, 'new lists');
    const missing = await home.run(['prompts', 'filter', images, '--lists', folder, '--json']);
    const first = await home.run(['prompts', 'init', '--lists', folder, '--json']);
    writeFileSync(join(folder, 'Filter_Sex.txt'), 'smile\n');
    const second = await home.run(['prompts', 'init', '--lists', folder, '--json']);
    const filtered = await home.run(['prompts', 'filter', images, '--lists', folder, '--json']);

    expect(missing.json.warnings).toHaveLength(3);
    expect(noteOf('7.txt').prompt).not.toContain('smile');
    expect(first.json.counts).toEqual({ total: 3, made: 3, there: 0 });
    expect(second.json.counts).toEqual({ total: 3, made: 0, there: 3 });
    expect(filtered.json.warnings).toEqual([]);
    expect(readFileSync(join(folder, 'Filter_Sex.txt'), 'utf8')).toBe('smile\n');
    expect(readFileSync(join(folder, 'Filter_Etc.txt'), 'utf8')).toMatch(/^# One term a line/);
  });
});
