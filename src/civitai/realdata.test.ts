import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isRecord, parseJson } from '../base/json.ts';
import { stableDigest } from './digest.ts';
import { rebuildLinks } from './links.ts';
import { readImage } from './shapes/image.ts';
import { readModel } from './shapes/model.ts';
import type { File, Image, Version } from './shapes/types.ts';
import { readVersion } from './shapes/version.ts';
import { sliceItems, sliceMember, sliceWhole } from './slice.ts';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../../../shared/realdata');
const IS_THERE = existsSync(FOLDER);
if (!IS_THERE) console.log(`skipped: the recordings of real answers are not at ${FOLDER}`);

interface Recording {
  readonly name: string;
  readonly kind: 'model' | 'version' | 'image';
  /** The items' own texts. */
  readonly raws: readonly string[];
  /** The same items as JSON.parse sees them. */
  readonly plain: readonly Record<string, unknown>[];
}

/** Collects what a person would count: every id and hash by plain looks at the parsed JSON. */
interface Count {
  readonly versions: unknown[];
  readonly files: unknown[];
  readonly hashes: string[];
  readonly images: unknown[];
}

function recordings(): Recording[] {
  const names = IS_THERE ? readdirSync(FOLDER).filter((name) => /\.(?:json|info)$/.test(name)) : [];
  return names.flatMap((name) => {
    const kind = kindOf(name);
    return kind === undefined ? [] : [read(name, kind)];
  });
}

function kindOf(name: string): Recording['kind'] | undefined {
  if (/^models?-/.test(name)) return 'model';
  if (name.startsWith('images-')) return 'image';
  return /^(?:version|lora|checkpoint)-/.test(name) ? 'version' : undefined;
}

/** Strips what a tool or a proxy wrapped around the answer. */
function unwrap(text: string): string {
  return sliceMember(text, 'data') ?? sliceMember(text, 'civitai') ?? text;
}

function read(name: string, kind: Recording['kind']): Recording {
  const text = unwrap(readFileSync(join(FOLDER, name), 'utf8'));
  const value: unknown = JSON.parse(text);
  const isList = Array.isArray(value) || (isRecord(value) && Array.isArray(value['items']));
  const raws = isList ? sliceItems(text) : [sliceWhole(text)];
  const items: unknown[] = Array.isArray(value)
    ? value
    : isRecord(value) && isList
      ? (value['items'] as unknown[])
      : [value];
  return { name, kind, raws, plain: items as Record<string, unknown>[] };
}

function listIn(value: Record<string, unknown>, key: string): Record<string, unknown>[] {
  const list = value[key];
  return Array.isArray(list) ? (list as Record<string, unknown>[]) : [];
}

function countPlain(versions: readonly Record<string, unknown>[]): Count {
  const files = versions.flatMap((version) => listIn(version, 'files'));
  const hashes = files.flatMap((file) => Object.entries((file['hashes'] ?? {}) as Record<string, string>));
  return {
    versions: versions.map((version) => version['id']),
    files: files.map((file) => file['id']),
    // The official documentation shortens long hashes by dots.
    hashes: hashes
      .filter(([, hash]) => /^[0-9a-f]+$/i.test(hash))
      .map(([type, hash]) => `${type} ${hash.toLowerCase()}`),
    images: versions
      .flatMap((version) => listIn(version, 'images'))
      // Some tools keep the number of images and nothing else of them.
      .filter((image) => Object.keys(image).length > 0)
      .map((image) => image['url']),
  };
}

function countRead(versions: readonly Version[]): Count {
  const files: File[] = versions.flatMap((version) => version.files ?? []);
  return {
    versions: versions.map((version) => version.id),
    files: files.map((file) => file.id),
    hashes: files.flatMap((file) => Object.entries(file.hashes).map(([type, hash]) => `${type} ${hash}`)),
    images: versions.flatMap((version) => version.images ?? []).map((image) => image.url),
  };
}

function readVersions(recording: Recording, warn: (message: string) => void): Version[] {
  const values = recording.raws.map(parseJson);
  if (recording.kind === 'version') return values.flatMap((value) => readVersion(value, warn) ?? []);
  return values.flatMap((value) => readModel(value, warn)?.versions ?? []);
}

const ALL = recordings();
const OF_MODELS = ALL.filter((recording) => recording.kind !== 'image');

describe.skipIf(!IS_THERE)('recorded answers', () => {
  it('are there in number', () => {
    expect(OF_MODELS.filter((recording) => recording.kind === 'model').length).toBeGreaterThan(60);
    expect(OF_MODELS.filter((recording) => recording.kind === 'version').length).toBeGreaterThan(8);
  });

  it.each(ALL)('of $name are cut out as they stand', ({ raws, plain }) => {
    expect(raws.map((raw) => JSON.parse(raw) as unknown)).toEqual(plain);
  });

  it.each(OF_MODELS)('of $name lose no version, file, hash or image', (recording) => {
    const warnings: string[] = [];
    const plain =
      recording.kind === 'version'
        ? recording.plain
        : recording.plain.flatMap((model) => listIn(model, 'modelVersions'));

    const versions = readVersions(recording, (message) => warnings.push(message));

    expect(countRead(versions)).toEqual(countPlain(plain));
    expect(warnings.filter((warning) => !/: image \d+ /.test(warning))).toEqual([]);
  });

  it.each(OF_MODELS)('of $name keep names, sizes, words, counters and dates', (recording) => {
    const plain =
      recording.kind === 'version'
        ? recording.plain
        : recording.plain.flatMap((model) => listIn(model, 'modelVersions'));
    const versions = readVersions(recording, () => undefined);

    for (const [index, version] of versions.entries()) {
      const said = plain[index] ?? {};
      expect(version.name).toBe(said['name']);
      expect(version.trainedWords).toEqual(said['trainedWords'] ?? []);
      expect(version.baseModel).toBe(said['baseModel']);
      expect(version.stats.downloadCount).toBe(
        (said['stats'] as Record<string, number> | undefined)?.['downloadCount'],
      );
      expect(version.createdAt === undefined).toBe((said['createdAt'] ?? '') === '');
      for (const [at, file] of (version.files ?? []).entries()) {
        expect(file.size).toBe(Math.round(Number(listIn(said, 'files')[at]?.['sizeKB']) * 1024));
      }
    }
  });

  it.each(ALL.filter((recording) => recording.kind === 'model'))(
    'of $name keep creators, tags and rights',
    ({ raws, plain }) => {
      for (const [index, raw] of raws.entries()) {
        const said = plain[index] ?? {};
        const model = readModel(parseJson(raw), () => undefined);

        expect(model).toMatchObject({ id: said['id'], name: said['name'], type: said['type'] });
        expect(model?.creator?.username).toBe(
          (said['creator'] as Record<string, string> | undefined)?.['username'],
        );
        expect(model?.tags.length ?? 0).toBe(
          new Set(listIn(said, 'tags').map((tag) => JSON.stringify(tag).trim())).size,
        );
        expect(model?.allowCommercialUse === undefined).toBe(said['allowCommercialUse'] === undefined);
      }
    },
  );

  it.each(ALL.filter((recording) => recording.kind === 'image'))(
    'of $name lose no image, prompt or seed',
    ({ raws, plain }) => {
      const images = raws
        .map((raw) => readImage(parseJson(raw)))
        .filter((image): image is Image => image !== undefined);

      expect(images.map((image) => [image.id, image.url, image.username])).toEqual(
        plain.map((said) => [said['id'], said['url'], said['username']]),
      );
      for (const [index, image] of images.entries()) {
        const meta = (plain[index]?.['meta'] ?? undefined) as Record<string, unknown> | undefined;
        expect(image.meta?.prompt).toBe(meta?.['prompt']);
        expect(Object.keys(image.meta?.all ?? {}).length).toBe(Object.keys(meta ?? {}).length);
        if (typeof meta?.['seed'] === 'number') expect(Number(image.meta?.seed)).toBe(meta['seed']);
      }
    },
  );

  it.each(OF_MODELS)('of $name keep all but their links when the links are rebuilt', ({ raws }) => {
    for (const raw of raws) {
      const rebuilt = rebuildLinks(raw, 'https://civitai.com');

      expect(withoutLinks(JSON.parse(rebuilt))).toEqual(withoutLinks(JSON.parse(raw)));
      expect(rebuilt).not.toMatch(
        /"downloadUrl"\s*:\s*"https:\/\/(?!civitai\.com\/api\/download\/models\/\d)/,
      );
    }
  });

  it.each(OF_MODELS)('of $name have a digest that statistics do not move', ({ raws }) => {
    for (const raw of raws) {
      const moved = raw.replaceAll(
        /"(downloadCount|thumbsUpCount|ratingCount)"(\s*):(\s*)\d+/g,
        '"$1"$2:$3999999',
      );

      expect(stableDigest(moved)).toBe(stableDigest(raw));
    }
  });
});

function withoutLinks(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => (key === 'downloadUrl' ? undefined : inner)),
  );
}
