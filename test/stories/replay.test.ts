import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRecord } from '../../src/base/json.ts';
import { openCatalog } from '../../src/catalog/open.ts';
import type { Catalog } from '../../src/catalog/open.ts';
import { systemClock } from '../../src/base/clock.ts';
import type { Hasher } from '../../src/library/hash.ts';
import { scan } from '../../src/verbs/scan.ts';
import { update } from '../../src/verbs/update.ts';
import type { RunResult } from '../../src/verbs/verb.ts';
import { indexFolder } from '../../standin/replay/index-folder.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeHome } from '../cli.ts';
import type { Home } from '../cli.ts';
import { runVerb } from '../verb-run.ts';

/** Recordings of real answers, kept outside the project. */
const FOLDER = resolve(import.meta.dirname, '../../../shared/realdata');
const isThere = existsSync(FOLDER);
if (!isThere) console.log(`skipped: the recordings of real answers are not at ${FOLDER}`);

type Answer = Readonly<Record<string, unknown>>;

function listOf(value: unknown): Answer[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function textsOf(value: unknown): string[] {
  const texts = Array.isArray(value)
    ? value.map((one: unknown) => (isRecord(one) ? String(one['name']) : String(one)))
    : [];
  return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ''))].sort();
}

describe.skipIf(!isThere)('everything that was recorded of the real site goes through a scan', () => {
  let standin: Standin;
  let home: Home;
  let models: string;
  let result: RunResult;
  let catalog: Catalog;
  /** File name to recorded hash. */
  const hashes = new Map<string, string>();
  /** Hash to the versions that were recorded with it. */
  const recorded = new Map<string, readonly number[]>();

  /** Tells the recorded hash of each file instead of reading it: nobody has the real ones. */
  const recordedHasher: Hasher = {
    async hash(path) {
      const name = String(path).replace(/^.*\//, '');
      const { size, mtimeNs, ctimeNs, ino, dev } = statSync(path, { bigint: true });
      const sha256 = hashes.get(name) ?? '0'.repeat(64);
      return await Promise.resolve({
        sha256,
        size: Number(size),
        autoV2: sha256.slice(0, 10),
        mtimeNs: String(mtimeNs),
        ctimeNs: String(ctimeNs),
        inode: String(ino),
        device: String(dev),
        head: new Uint8Array(),
      });
    },
    close: () => Promise.resolve(),
  };

  function run(
    verb: typeof scan,
    args: readonly string[],
    options: Readonly<Record<string, string>> = {},
  ): Promise<RunResult> {
    return runVerb(verb, home, {
      flags: { 'api-url': standin.apiUrl },
      arguments: args,
      options,
      replace: () => ({ hasher: () => Promise.resolve(recordedHasher) }),
    });
  }

  async function ask(path: string): Promise<Answer> {
    const answer: unknown = await (await fetch(`${standin.apiUrl}/${path}`)).json();
    return isRecord(answer) ? answer : {};
  }

  /** What was chosen for each file, and its model. */
  async function choices(): Promise<{ name: string; versionId: number; modelId: number }[]> {
    const rows = await catalog.db
      .selectFrom('choice')
      .innerJoin('file', 'file.id', 'choice.file_id')
      .innerJoin('version', 'version.id', 'choice.version_id')
      .select(['file.name', 'choice.version_id', 'version.model_id'])
      .execute();
    return rows.map((row) => ({ name: row.name, versionId: row.version_id, modelId: row.model_id }));
  }

  beforeAll(async () => {
    standin = await startStandin({ replay: FOLDER, speed: 0 });
    home = makeHome();
    models = join(home.folder, 'models');
    mkdirSync(models);
    for (const [hash, versions] of (await indexFolder(FOLDER)).sha256) {
      const name = `${hashes.size}-${hash.slice(0, 10)}.safetensors`;
      hashes.set(name, hash.toLowerCase());
      recorded.set(hash.toLowerCase(), versions);
      writeFileSync(join(models, name), name);
    }
    result = await run(scan, [models]);
    catalog = await openCatalog(join(home.folder, 'data/civitarium/catalog.db'), {
      clock: systemClock,
      readOnly: true,
    });
  }, 120_000);

  afterAll(async () => {
    await catalog.close();
    home.remove();
    await standin.close();
  });

  it('and every recorded hash leads to its version', async () => {
    expect(hashes.size).toBeGreaterThan(300);
    expect(result.failures).toEqual([]);
    expect(result.exitCode).toBe(0);
    expect(result.counts).toMatchObject({
      files: hashes.size,
      identified: hashes.size,
      missing: 0,
      unchecked: 0,
      failed: 0,
      pages: hashes.size,
    });
    const chosen = new Map((await choices()).map((one) => [one.name, one.versionId]));
    const wrong = [...hashes].filter(([name, hash]) => !recorded.get(hash)?.includes(chosen.get(name) ?? 0));
    expect(wrong).toEqual([]);
    expect(standin.problems()).toEqual([]);
  });

  it('and every version in the catalog has its name, words, files, hashes and images', async () => {
    for (const { versionId } of await choices()) {
      const answer = await ask(`model-versions/${versionId}`);
      const row = await catalog.db
        .selectFrom('version')
        .selectAll()
        .where('id', '=', versionId)
        .executeTakeFirstOrThrow();
      expect(row.name, String(versionId)).toBe(answer['name']);
      if (typeof answer['baseModel'] === 'string') expect(row.base_model).toBe(answer['baseModel']);
      expect(textsOf(JSON.parse(row.trained_words)), String(versionId)).toEqual(
        textsOf(answer['trainedWords']),
      );

      const files = listOf(answer['files']);
      const heldFiles = await catalog.db
        .selectFrom('version_file')
        .select(['id', 'name'])
        .where('version_id', '=', versionId)
        .execute();
      const numbered = files.filter((file) => typeof file['id'] === 'number');
      expect(
        heldFiles.filter((file) =>
          numbered.some((one) => one['id'] === file.id && one['name'] === file.name),
        ),
        String(versionId),
      ).toHaveLength(numbered.length);

      const given = files
        .flatMap((file) => Object.values(isRecord(file['hashes']) ? file['hashes'] : {}))
        .map((hash) => String(hash).toLowerCase())
        .filter((hash) => /^[0-9a-f]{8,64}$/.test(hash));
      const heldHashes = await catalog.db
        .selectFrom('version_file_hash')
        .innerJoin('version_file', 'version_file.id', 'version_file_hash.file_id')
        .select('version_file_hash.value')
        .where('version_file.version_id', '=', versionId)
        .execute();
      const known = new Set(heldHashes.map((hash) => hash.value.toLowerCase()));
      expect(
        given.filter((hash) => !known.has(hash)),
        String(versionId),
      ).toEqual([]);

      const images = listOf(answer['images']).filter((image) => typeof image['url'] === 'string');
      const heldImages = await catalog.db
        .selectFrom('image_use')
        .select('image_id')
        .where('version_id', '=', versionId)
        .execute();
      expect(heldImages.length, String(versionId)).toBeGreaterThanOrEqual(
        new Set(images.map((image) => image['url'])).size,
      );
    }
  });

  it('and every model has its name, type and tags', async () => {
    for (const { modelId, versionId } of await choices()) {
      const row = await catalog.db
        .selectFrom('model')
        .selectAll()
        .where('id', '=', modelId)
        .executeTakeFirst();
      const answer = await ask(`models/${modelId}`);
      // Of some models only a version was recorded, of few not even the name of the model.
      const known = answer['id'] === undefined ? (await ask(`model-versions/${versionId}`))['model'] : answer;
      if (!isRecord(known)) continue;
      expect([row?.name, row?.type], String(modelId)).toEqual([known['name'], known['type']]);
      if (known !== answer) continue;
      const tags = await catalog.db
        .selectFrom('model_tag')
        .select('tag')
        .where('model_id', '=', modelId)
        .execute();
      expect(tags.map((tag) => tag.tag).sort(), String(modelId)).toEqual(textsOf(answer['tags']));
    }
  });

  it('and every sidecar holds the recorded answer, field by field', async () => {
    for (const { name, versionId } of await choices()) {
      const {
        model: _model,
        modelId: _modelId,
        downloadUrl: _link,
        files: _files,
        ...answer
      } = await ask(`model-versions/${versionId}`);
      const info = JSON.parse(
        readFileSync(join(models, name.replace('.safetensors', '.civitai.info')), 'utf8'),
      ) as Answer;
      expect(info, name).toMatchObject(answer);
    }
  });

  it('and every file has a page', () => {
    const pages = [...hashes.keys()].map((name) => join(models, name.replace('.safetensors', '.html')));
    expect(pages.filter((page) => !existsSync(page))).toEqual([]);
    for (const page of pages) expect(readFileSync(page, 'utf8')).toMatch(/<h1 dir="auto">[^<]+<\/h1>/);
  });

  it('and an update finds nothing changed', async () => {
    const again = await run(update, []);
    expect(again.failures).toEqual([]);
    expect(again.counts).toMatchObject({ changed: 0, removed: 0, new_versions: 0, written: 0 });
  });
});
