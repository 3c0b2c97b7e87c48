import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { writeWorldLibrary } from '../world-library.ts';
import type { LibraryFile } from '../world-library.ts';

interface Entry {
  readonly id: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

describe("trigger words reach Krita's list", () => {
  let standin: Standin;
  let home: Home;
  let models: string;
  let list: string;
  /** LoRAs that have trained words. */
  let loras: (LibraryFile & { readonly name: string; readonly words: string; readonly sha256: string })[];

  beforeAll(async () => {
    standin = await startStandin({ models: 120, seed: 5 });
    home = makeHome();
    models = join(home.folder, 'models');
    list = join(home.folder, 'krita', 'loras.json');
    const files = writeWorldLibrary(standin.world, models, 100);
    loras = files
      .filter((file) => file.path.startsWith('LORA/'))
      .map((file) => ({
        ...file,
        name: file.path.slice('LORA/'.length),
        words: clean(
          standin.world.model(file.modelId)?.versions.find((one) => one.id === file.versionId)
            ?.trainedWords ?? [],
        ),
        sha256: createHash('sha256')
          .update(readFileSync(join(models, file.path)))
          .digest('base64'),
      }))
      .filter((file) => file.words !== '');
    mkdirSync(join(models, 'LORA', 'own'), { recursive: true });
    writeFileSync(join(models, 'LORA', 'own', 'mine.safetensors'), 'mine');
    writeFileSync(
      join(models, 'LORA', 'own', 'mine.json'),
      JSON.stringify({ 'activation text': 'my words, ', 'preferred weight': 0.65, 'sd version': 'SDXL' }),
    );
    for (const [folder, bytes] of [
      ['a', 'one'],
      ['b', 'two'],
    ] as const) {
      mkdirSync(join(models, folder));
      writeFileSync(join(models, folder, 'twin.safetensors'), bytes);
    }
    const scan = await home.run([
      'scan',
      'models',
      '--images',
      'none',
      '--api-url',
      standin.apiUrl,
      '--rate',
      '60000',
      '--json',
    ]);
    if (scan.code !== 0 || loras.length < 4)
      throw new Error(`The library is not what these stories need: ${scan.stderr}`);
  }, 120_000);

  afterAll(async () => {
    await standin.close();
    home.remove();
  });

  beforeEach(() => {
    rmSync(dirname(list), { recursive: true, force: true });
    mkdirSync(dirname(list));
  });

  function lora(at: number): (typeof loras)[number] {
    const found = loras[at];
    if (found === undefined) throw new Error('The world has too few LoRAs.');
    return found;
  }

  function entry(id: string, more: Readonly<Record<string, unknown>> = {}): Entry {
    return { id, name: id.replace(/\.\w+$/, ''), source: 2, format: 'lora', ...more };
  }

  /** As the plug-in writes it. */
  function write(entries: readonly Entry[]): string {
    const text = JSON.stringify(entries, undefined, 2);
    writeFileSync(list, text);
    return text;
  }

  function read(): Entry[] {
    return JSON.parse(readFileSync(list, 'utf8')) as Entry[];
  }

  const sync = (...more: string[]): Promise<CliResult> =>
    home.run(['krita', 'sync', '--loras-file', list, '--json', ...more]);
  const copies = (): string[] => readdirSync(dirname(list)).filter((name) => name !== 'loras.json');

  it('by path with either slash, by hash, by a name that is one of a kind; ambiguous ones are told and left', async () => {
    const [first, second, third] = [lora(0), lora(1), lora(2)];
    const before = [
      entry(`LORA\\${first.name}`, { metadata: { lora_strength: 0.8, mine: { deep: ['kept'] } } }),
      entry('uploaded.safetensors', {
        source: 1,
        hash: second.sha256,
        path: '/elsewhere/uploaded.safetensors',
        size: 5,
      }),
      entry(`styles/${third.name}`, { metadata: {} }),
      entry('twin.safetensors'),
      entry('nobody.safetensors', { metadata: { lora_triggers: '' } }),
      entry('own/mine.safetensors'),
    ];
    const text = write(before);

    const result = await sync();

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts).toEqual({
      entries: 6,
      matched: 4,
      changed: 4,
      ambiguous: 1,
      unmatched: 1,
      added: 0,
    });
    expect(read()).toEqual([
      {
        ...before[0],
        metadata: { lora_strength: 0.8, mine: { deep: ['kept'] }, lora_triggers: first.words },
      },
      { ...before[1], metadata: { lora_triggers: second.words } },
      { ...before[2], metadata: { lora_triggers: third.words } },
      before[3],
      before[4],
      { ...before[5], metadata: { lora_triggers: 'my words' } },
    ]);
    expect(readFileSync(list, 'utf8')).toMatch(/^[\n -~]*$/);
    expect(result.json.warnings.join('\n')).toContain('twin.safetensors may be any of 2 files');
    expect(copies()).toHaveLength(1);
    expect(readFileSync(join(dirname(list), copies()[0] ?? ''), 'utf8')).toBe(text);
  });

  it('changes nothing the second time, and touches no byte', async () => {
    write([entry(lora(0).name)]);
    await sync();
    const before = treeOf(dirname(list));

    const again = await sync();

    expect(again.json.counts).toMatchObject({ matched: 1, changed: 0 });
    expect(treeOf(dirname(list))).toEqual(before);
  });

  it('minds what the user wrote: never, empty, always', async () => {
    const texts = [{}, { lora_triggers: ' ' }, { lora_triggers: 'my own' }];
    const entries = texts.map((metadata) => entry(lora(0).name, { metadata }));
    const { words } = lora(0);
    for (const [when, after] of [
      ['never', [words, ' ', 'my own']],
      ['empty', [words, words, 'my own']],
      ['always', [words, words, words]],
    ] as const) {
      write(entries);
      const result = await sync('--overwrite', when);

      expect(result.code, result.stderr).toBe(0);
      expect(read().map((one) => one.metadata?.['lora_triggers'])).toEqual(after);
    }
    write(entries);
    await sync();
    expect(read().map((one) => one.metadata?.['lora_triggers'])).toEqual([words, words, 'my own']);
  });

  it('sets a strength only where there is none, from the note beside the file', async () => {
    write([
      entry('own/mine.safetensors'),
      entry('mine.safetensors', { metadata: { lora_strength: 1.0, lora_triggers: 'x' } }),
    ]);

    const result = await sync('--strength', 'file');

    expect(result.json.counts['changed']).toBe(1);
    expect(read().map((one) => one.metadata)).toEqual([
      { lora_triggers: 'my words', lora_strength: 0.65 },
      { lora_strength: 1, lora_triggers: 'x' },
    ]);
  });

  it('shows a diff under --dry-run and touches nothing', async () => {
    write([entry(lora(0).name, { metadata: { lora_triggers: 'old' } })]);
    const before = treeOf(home.folder);

    const result = await home.run([
      'krita',
      'sync',
      '--loras-file',
      list,
      '--overwrite',
      'always',
      '--dry-run',
    ]);

    expect(result.code, result.stderr).toBe(0);
    expect(result.stdout).toContain(`--- ${lora(0).name}`);
    expect(result.stdout).toContain('- lora_triggers: "old"');
    expect(result.stdout).toContain(`+ lora_triggers: ${JSON.stringify(lora(0).words)}`);
    expect(treeOf(home.folder)).toEqual(before);
  });

  it('reads lines of comment; keeps an unknown key and says what Krita will do about it', async () => {
    const text = `// my list\n${JSON.stringify([entry(lora(0).name, { colour: 'red' })], undefined, 2)}`;
    writeFileSync(list, text);

    const result = await sync();

    expect(result.code, result.stderr).toBe(0);
    expect(read()[0]).toMatchObject({ colour: 'red', metadata: { lora_triggers: lora(0).words } });
    expect(result.json.warnings.join('\n')).toMatch(/unknown key "colour"[\s\S]*comment/);
    expect(readFileSync(join(dirname(list), copies()[0] ?? ''), 'utf8')).toBe(text);
  });

  it.each([
    ['{"id": 1}', 'it is no list'],
    ['[{"id":"a","id":"b"}]', 'twice'],
    ['[{"id":"a"} /* no */]', ''],
  ])('leaves %s alone and says why', async (text, why) => {
    writeFileSync(list, text);

    const result = await sync();

    expect(result.code).toBe(1);
    expect(result.json.failures[0]).toMatchObject({ code: 'krita-unreadable' });
    expect(result.json.failures[0]?.why).toContain(why);
    expect(readFileSync(list, 'utf8')).toBe(text);
    expect(copies()).toEqual([]);
  });

  it("finds the list in Krita's data folder, and writes through a link", async () => {
    const own = join(home.folder, 'data', 'krita', 'ai_diffusion', 'database', 'loras.json');
    mkdirSync(dirname(own), { recursive: true });
    write([entry(lora(0).name)]);
    symlinkSync(list, own);

    const result = await home.run(['krita', 'sync', '--json']);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts['changed']).toBe(1);
    expect(read()[0]?.metadata).toEqual({ lora_triggers: lora(0).words });
    rmSync(join(home.folder, 'data', 'krita'), { recursive: true });
    const without = await home.run(['krita', 'sync', '--json']);
    expect(without.json.failures[0]).toMatchObject({ code: 'krita-not-found' });
    expect(without.code).toBe(1);
  });

  it('adds what Krita has no entry for only when asked, in a new list if need be', async () => {
    expect((await sync()).json.failures[0]).toMatchObject({ code: 'krita-not-found' });
    expect(existsSync(list)).toBe(false);

    const result = await sync('--add');

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.counts['added']).toBeGreaterThanOrEqual(loras.length);
    expect(read().find((one) => one.id === lora(0).name)).toEqual({
      id: lora(0).name,
      name: lora(0).name.replace(/\.\w+$/, ''),
      source: 0,
      format: 'lora',
      metadata: { lora_triggers: lora(0).words },
    });
    expect((await sync('--add')).json.counts).toMatchObject({ changed: 0, added: 0 });
  });

  it('leaves the old list or the new one, whole, when it is killed', async () => {
    const text = write([entry(lora(0).name)]);
    for (const point of ['krita.copied', 'place.renamed:2', 'krita.placed']) {
      write([entry(lora(0).name)]);
      const killed = await home.run(['krita', 'sync', '--loras-file', list, '--json'], {
        env: { CIVITARIUM_FAULT: `kill@${point}` },
      });

      expect(killed.signal).toBe('SIGKILL');
      expect(
        point === 'krita.copied'
          ? readFileSync(list, 'utf8') === text
          : read()[0]?.metadata?.['lora_triggers'] === lora(0).words,
      ).toBe(true);
    }
  });
});

function clean(words: readonly string[]): string {
  return [...new Set(words.map((word) => word.trim().replace(/[,\s]+$/, '')))].filter(Boolean).join(', ');
}
