import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { writeWorldLibrary } from '../world-library.ts';
import type { LibraryFile } from '../world-library.ts';
import { deadLinks } from './testing/written-pages.ts';

/** The example configuration of CivitScraper's document, its sections one after the other; only addresses and paths differ. */
function example(apiUrl: string): string {
  return `
api:
  key: "your_api_key"
  base_url: "${apiUrl}"
  timeout: 30
  max_retries: 3
  user_agent: "CivitScraper/0.2.0"
  batch:
    enabled: true
    max_concurrent: 4
    rate_limit: 100
    retry_delay: 1000
    cache_size: 100
    circuit_breaker:
      failure_threshold: 5
      reset_timeout: 60

input_paths:
  lora:
    path: "models/LORA"
    type: LORA
    patterns: ["*.safetensors"]
  checkpoints:
    path: "models/Checkpoint"
    type: Checkpoint
    patterns: ["*.safetensors"]
  embeddings:
    path: "models/TextualInversion"
    type: TextualInversion
    patterns: ["*.pt", "*.safetensors"]

default_job: "fetch-all"

jobs:
  fetch-all:
    type: scan-paths
    recursive: true
    skip_existing: true
    verify_hashes: true
    paths: ["lora"]
    output:
      metadata:
        format: "json"
        path: "{model_dir}"
        filename: "{model_name}.json"
        html:
          enabled: true
          filename: "{model_name}.html"
      images:
        save: true
        path: "{model_dir}"
        max_count: 4
        filenames:
          preview: "{model_name}.preview{ext}"
    organization:
      enabled: false
      dry_run: false
      template: "by_type_and_basemodel"
      custom_template: ""
      output_dir: "{model_dir}/organized"
      operation_mode: "move"

  metadata-only:
    type: scan-paths
    recursive: true
    skip_existing: true
    verify_hashes: true
    paths: ["lora"]
    output:
      metadata:
        format: "json"
        path: "{model_dir}"
        filename: "{model_name}.json"
        html:
          enabled: true
          filename: "{model_name}.html"
      images:
        save: false

  sync-triggers:
    type: sync-lora-triggers
    description: "Synchronize LoRA trigger words"
    recursive: true
    skip_existing: true
    verify_hashes: true
    loras_file: "loras.json"
    paths: ["lora"]

  my_custom_job:
    type: scan-paths
    recursive: true
    skip_existing: true
    verify_hashes: true
    paths: ["lora", "checkpoints"]
    output:
      metadata:
        format: "json"
        path: "{model_dir}"
        filename: "{model_name}.json"
        html:
          enabled: true
          filename: "{model_name}.html"
          generate_gallery: true
          gallery_path: "custom_gallery.html"
          gallery_title: "My AI Model Collection"
          include_existing_in_gallery: true
      images:
        save: true
        path: "{model_dir}"
        max_count: 2
    organization:
      enabled: true
      dry_run: false
      template: "by_type_and_basemodel"
      output_dir: "{model_dir}/organized"
      operation_mode: "symlink"

organization:
  enabled: false
  dry_run: false
  template: "by_type_and_basemodel"
  custom_template: ""
  output_dir: "{model_dir}/organized"
  operation_mode: "move"

scanner:
  cache_dir: ".civitscraper_cache"
  cache_validity: 86400
  force_refresh: false

logging:
  level: DEBUG
  console:
    enabled: true
    level: INFO
    simple: false
  file:
    enabled: true
    level: DEBUG
    directory: logs
    max_size: 10
    backup_count: 5
`;
}

let home: Home;
let standin: Standin;
let loras: readonly LibraryFile[];
let lora: string;

beforeAll(async () => {
  standin = await startStandin({ models: 70, seed: 13 });
  home = makeHome();
  const models = join(home.folder, 'models');
  const files = writeWorldLibrary(standin.world, models, 50);
  lora = join(models, 'LORA');
  loras = files.filter((file) => file.path.startsWith('LORA/'));
  mkdirSync(join(home.folder, 'config'));
  writeFileSync(join(home.folder, 'config', 'default.yaml'), example(standin.apiUrl));
});

afterAll(async () => {
  await standin.close();
  home.remove();
});

async function run(...args: readonly string[]): Promise<CliResult> {
  return await home.run(args);
}

function stems(): string[] {
  return loras.map(({ path }) => path.replace(/^LORA\//, '').replace(/\.\w+$/, ''));
}

describe("CivitScraper's example configuration", () => {
  it('is right as it is', async () => {
    const { code, json } = await run('config', 'check', '--json');

    expect(code, JSON.stringify(json.failures)).toBe(0);
    expect(json.counts).toMatchObject({ problems: 0 });
  });

  it('changes nothing under --dry-run, with every job', async () => {
    const before = treeOf(home.folder);

    const { code, json, stderr } = await run('--all-jobs', '--dry-run', '--json');

    // There is no list of Krita's yet, and that job says so.
    expect(code, stderr).toBe(3);
    expect(json['jobs']).toMatchObject([
      { exit: 0 },
      { exit: 0 },
      { name: 'sync-triggers', exit: 1 },
      { exit: 0 },
    ]);
    expect(treeOf(home.folder)).toEqual(before);
  });

  it('names under --dry-run the gallery that the job would write', async () => {
    const { stdout } = await run('-j', 'my_custom_job', '--dry-run');

    expect(stdout).toContain('custom_gallery.html');
  });

  it('fetches all LoRAs by default: notes, pages and up to four previews beside each, at the first run', async () => {
    const { code, json, stderr } = await run('--json');

    expect(code, stderr).toBe(0);
    expect(json).toMatchObject({ command: 'jobs', ok: true, counts: { jobs: 1, files: loras.length } });
    expect(loras.length).toBeGreaterThan(3);
    const names = readdirSync(lora);
    for (const stem of stems()) {
      expect(JSON.parse(readFileSync(join(lora, `${stem}.json`), 'utf8'))).toHaveProperty('modelId');
      expect(names).toContain(`${stem}.html`);
      const previews = names.filter((name) => name.startsWith(`${stem}.preview`));
      expect(previews.length).toBeLessThanOrEqual(4);
      previews.forEach((name) => expect(name.slice(stem.length)).toMatch(/^\.preview[1-4]\.\w+$/));
    }
    expect(names.some((name) => /\.preview1\.\w+$/.test(name))).toBe(true);
    expect(existsSync(join(home.folder, 'models', 'Checkpoint', `${stems()[0]}.json`))).toBe(false);
    expect(existsSync(join(home.folder, 'logs', 'civitarium.1.log'))).toBe(true);
    expect(existsSync(join(home.folder, 'gallery.html'))).toBe(false);
    expect(standin.asks().filter((ask) => ask.withKey)).toEqual([]);
  });

  it('asks and writes nothing when all is complete and fresh, with either job', async () => {
    const before = treeOf(lora);

    const again = await run('--json');
    const bare = await run('-j', 'metadata-only', '--json');

    expect([again.code, again.json.requests.total]).toEqual([0, 0]);
    expect([bare.code, bare.json.requests.total]).toEqual([0, 0]);
    expect(treeOf(lora)).toEqual(before);
  });

  it("brings trigger words into Krita's list in the folder it is run in", async () => {
    const list = join(home.folder, 'loras.json');
    const worded = loras
      .map(({ path, modelId, versionId }) => {
        const version = standin.world.model(modelId)?.versions.find((one) => one.id === versionId);
        return { id: path.replace(/^LORA\//, ''), words: version?.trainedWords ?? [] };
      })
      .filter(({ words }) => words.some((word) => word.trim() !== ''));
    const entries = worded.map(({ id }) => ({ id, name: id, source: 2, format: 'lora' }));
    writeFileSync(list, JSON.stringify(entries));

    const { code, json, stderr } = await run('-j', 'sync-triggers', '--json');

    expect(code, stderr).toBe(0);
    expect(json.counts).toMatchObject({
      entries: worded.length,
      matched: worded.length,
      changed: worded.length,
    });
    const synced = JSON.parse(readFileSync(list, 'utf8')) as {
      id: string;
      metadata: { lora_triggers: string };
    }[];
    for (const [index, { words }] of worded.entries())
      expect(synced[index]?.metadata.lora_triggers).toContain(words[0]?.trim().replace(/,+$/, ''));
    expect(worded.length).toBeGreaterThan(1);
  });

  it('links files into folders by type and base model, with a gallery of its own, and leaves them where they are', async () => {
    const models = Object.keys(treeOf(lora)).filter((path) => path.endsWith('.safetensors'));

    const { code, json, stderr } = await run('-j', 'my_custom_job', '--json');

    expect(code, stderr).toBe(0);
    expect(json.counts['jobs_failed']).toBe(0);
    const after = readdirSync(lora, { recursive: true, encoding: 'utf8' });
    expect(after).toEqual(expect.arrayContaining(models));
    const links = after.filter((path) => path.startsWith('organized') && path.endsWith('.safetensors'));
    expect(links.length).toBe(loras.length);
    for (const link of links) {
      expect(link).toMatch(/^organized\/LORA\/[^/]+\/[^/]+$/);
      expect(lstatSync(join(lora, link)).isSymbolicLink()).toBe(true);
    }
    const gallery = readFileSync(join(lora, 'custom_gallery.html'), 'utf8');
    expect(gallery).toContain('My AI Model Collection');
  });

  it('does not sort its own folders again', async () => {
    const links = (): string[] =>
      Object.keys(treeOf(lora)).filter(
        (path) => path.startsWith('organized') && path.endsWith('.safetensors'),
      );
    const before = links();

    expect((await run('-j', 'my_custom_job', '--json')).code).toBe(0);
    expect((await run('-j', 'my_custom_job', '--json')).code).toBe(0);

    expect(links()).toEqual(before);
  });

  it('writes nothing when all jobs run once more', async () => {
    const written = (): Record<string, bigint> =>
      Object.fromEntries(
        Object.keys(treeOf(join(home.folder, 'models'))).map((path) => {
          const { mtimeNs } = lstatSync(join(home.folder, 'models', path), { bigint: true });
          return [path, mtimeNs];
        }),
      );
    expect((await run('--all-jobs', '--json')).code).toBe(0);
    const before = written();

    const { code, json, stderr } = await run('--all-jobs', '--json');

    expect(code, stderr).toBe(0);
    expect(json.requests.total).toBe(0);
    expect(written()).toEqual(before);
    expect(deadLinks(home.folder)).toEqual([]);
  });
});
