import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { describe, expect, it } from 'vitest';

import { isRecord } from '../src/base/json.ts';
import { readComfyValue } from '../src/formats/comfy.ts';
import { readExif } from '../src/formats/exif.ts';
import { parseLooseJson } from '../src/formats/generation-json.ts';
import { readToolObject } from '../src/formats/generation-objects.ts';
import { jpegWith, pngWith, tiffWith, webpWith } from '../src/formats/testing/image-samples.ts';
import type { Chunk, Tags } from '../src/formats/testing/image-samples.ts';
import { readGeneration, readGenerationText } from '../src/formats/generation.ts';
import type { Generation } from '../src/formats/generation.ts';
import { kindOf, mediaOf } from '../src/formats/image-kind.ts';
import { readJpeg } from '../src/formats/jpeg.ts';
import { readPng } from '../src/formats/png.ts';
import { readSidecar } from '../src/formats/sidecars/read-sidecar.ts';
import { readWebp } from '../src/formats/webp.ts';
import { metadataJson } from '../src/profiles/collected-content.ts';

/** Recordings of real files, kept outside the project; without them this suite has nothing to read. */
const FOLDER = resolve(import.meta.dirname, '../../shared/realdata');
const present = existsSync(FOLDER);
if (!present) console.log(`Recordings not read: there is no folder ${FOLDER}.`);
const names = present ? readdirSync(FOLDER).sort() : [];

type Fields = Readonly<Record<string, unknown>>;

function text(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}

function fields(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

function items(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

function kind(prefix: string): string[] {
  return names.filter((name) => name.startsWith(`${prefix}-`));
}

/** What an infotext in the plain form holds, found without our parser; `undefined` for other forms. */
function plainPrompt(raw: string): string | undefined {
  const lines = raw.replaceAll('\0', '').replaceAll('\r\n', '\n').split('\n');
  const end = lines.findIndex((line) => /^(?:Negative prompt:|Steps: \d)/.test(line));
  return end <= 0 || /<br>|^Parameters /.test(raw) ? undefined : lines.slice(0, end).join('\n').trim();
}

/** Whatever a text holds as JSON strings, at any depth. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string')
    return [value, ...stringsIn(value.startsWith('{') ? parseLooseJson(value) : undefined)];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  return isRecord(value) ? Object.values(value).flatMap(stringsIn) : [];
}

/** Every line of the prompt must stand in the raw texts, as it is or inside JSON. */
function expectHeld(read: Generation | undefined, raws: readonly string[]): void {
  const held = raws
    .flatMap((raw) => [raw, ...stringsIn(parseLooseJson(raw.replaceAll('\0', '')))])
    .join('\n');
  for (const found of [read?.prompt, read?.negativePrompt, read?.seed]) {
    for (const line of (found ?? '').split('\n'))
      expect(held.replaceAll('\r', '')).toContain(line.replaceAll('\r', '').trim());
  }
}

/** The bytes of a recorded text: Latin-1 was recorded byte for byte. */
function rawBytes(item: Fields): Buffer {
  return typeof item['text_latin1'] === 'string'
    ? Buffer.from(item['text_latin1'], 'latin1')
    : Buffer.from(String(item['text'] ?? ''));
}

function chunkOf(item: Fields): Chunk | undefined {
  const keyword = item['keyword'];
  if (typeof keyword !== 'string') return undefined;
  const isInternational = item['chunk'] === 'iTXt';
  const head = Buffer.from(`${keyword}\0${isInternational ? '\0\0\0\0' : ''}`, 'latin1');
  return [isInternational ? 'iTXt' : 'tEXt', Buffer.concat([head, rawBytes(item)])];
}

/** The UserComment as it lay in the file: charset and encoding were recorded beside its text. */
function commentBytes(comment: Fields): Buffer {
  const words = String(comment['text'] ?? '');
  const little = Buffer.from(words, 'utf16le');
  const body =
    comment['decodedAs'] === 'utf-16-be'
      ? little.swap16()
      : comment['decodedAs'] === 'utf-16-le'
        ? little
        : Buffer.from(words);
  const charset = comment['charset'];
  return Buffer.concat([
    typeof charset === 'string' ? Buffer.from(charset.padEnd(8, '\0'), 'latin1') : Buffer.alloc(0),
    body,
  ]);
}

const TAG_NUMBERS: Readonly<Record<string, number>> = {
  ImageDescription: 0x010e,
  Make: 0x010f,
  Model: 0x0110,
  Software: 0x0131,
};

function tiffOf(exif: Fields): Uint8Array {
  const tags: Record<number, Uint8Array> = {};
  for (const [name, number] of Object.entries(TAG_NUMBERS)) {
    if (isRecord(exif[name])) tags[number] = Buffer.from(`${String(exif[name]['text'])}\0`);
  }
  if (isRecord(exif['UserComment'])) tags[0x9286] = commentBytes(exif['UserComment']);
  return tiffWith(exif['byteOrder'] === 'II' ? 'II' : 'MM', tags satisfies Tags);
}

interface Rebuilt {
  readonly bytes: Uint8Array;
  readonly raws: readonly string[];
}

/** A file with the recorded texts in the recorded places and encodings. */
function rebuilt(name: string): Rebuilt {
  const recording = fields(JSON.parse(text(name)));
  const metadata = items(recording['metadata']);
  const exif = metadata.map((item) => fields(item['exif'])).find((item) => Object.keys(item).length > 0);
  const chunks = metadata.map(chunkOf).filter((chunk) => chunk !== undefined);
  const raws = metadata.flatMap((item) =>
    stringsIn(item['text_utf8'] ?? item['text'] ?? item['text_latin1'] ?? item['exif']),
  );
  const format = fields(recording['source'])['format'];
  if (format === 'jpeg') return { bytes: jpegWith(exif === undefined ? undefined : tiffOf(exif)), raws };
  if (format === 'webp')
    return { bytes: webpWith(exif === undefined ? new Uint8Array() : tiffOf(exif)), raws };
  return { bytes: pngWith(exif === undefined ? chunks : [...chunks, ['eXIf', tiffOf(exif)]]), raws };
}

/** Recordings of files that hold no parameters. */
const WITHOUT_PARAMETERS = [
  'genmeta-swarmui-model-placeholder-jpeg.json',
  'genmeta-stable-diffusi-comfyui-sdxl-png.json',
];

describe.skipIf(!present)('recordings of how images were made', () => {
  const recordedPrompts = kind('genmeta').map((name) => readGeneration(rebuilt(name).bytes)?.prompt);

  it.each(kind('genmeta'))('%s: the file rebuilt from its texts gives the prompt that they hold', (name) => {
    const { bytes, raws } = rebuilt(name);
    const read = readGeneration(bytes);

    if (WITHOUT_PARAMETERS.includes(name)) {
      expect(read).toBeUndefined();
      return;
    }
    expect(read?.prompt ?? read?.negativePrompt).toBeDefined();
    const plain = raws.map(plainPrompt).find((prompt) => prompt !== undefined);
    if (plain !== undefined && read?.tool !== 'ComfyUI') expect(read?.prompt).toBe(plain);
    else if (name !== 'genmeta-civitai-test-image-1-jpeg.json') expectHeld(read, raws);
    else expect(read?.prompt?.startsWith('Masterpiece, ')).toBe(true);
  });

  it.each(kind('image'))('%s: the real file gives what was recorded of it', (name) => {
    const bytes = readFileSync(join(FOLDER, name));
    const read = readGeneration(bytes);

    expect(mediaOf(kindOf(bytes))).toBe('image');
    if (read !== undefined) expect(recordedPrompts).toContain(read.prompt);
    const reading = readPng(bytes) ?? readJpeg(bytes) ?? readWebp(bytes);
    expect(reading?.width).toBeGreaterThan(0);
    if (reading?.exif !== undefined) expect(readExif(reading.exif)).toBeDefined();
  });

  it.each(kind('infotext'))('%s: prompt and seed come out as they stand in the text', (name) => {
    const raw = text(name);
    const read = readGenerationText(raw);
    const plain = plainPrompt(raw);

    expect(read?.steps).toBeGreaterThan(0);
    if (plain !== undefined) expect(read?.prompt ?? '').toBe(plain);
    expectHeld(read, [raw]);
    for (const key of Object.keys(read?.all ?? {})) expect(key).not.toMatch(/["<>\n]|^\s|\s$/);
  });

  it.each(kind('comfy'))('%s: nothing throws and the prompt stands in the graph', (name) => {
    const raw = text(name);
    const facts = readComfyValue(parseLooseJson(raw));
    const held = stringsIn(parseLooseJson(raw)).join('\n');

    if (name.includes('basic-flux')) expect(facts).toBeUndefined();
    else expect(facts?.tool).toBe('ComfyUI');
    for (const line of (facts?.prompt ?? '').split('\n')) expect(held).toContain(line);
  });

  it.each(kind('meta'))('%s: the object of the site gives its prompt and seed', (name) => {
    const meta = fields(parseLooseJson(text(name)));
    const read = readToolObject(meta);

    expect(read?.prompt).toBe(meta['prompt']);
    expect(read?.negativePrompt).toBe(meta['negativePrompt']);
    expect(read?.seed).toBe(meta['seed'] === undefined ? undefined : String(meta['seed']));
    if (typeof meta['comfy'] === 'string') {
      expect(readComfyValue(parseLooseJson(meta['comfy']))?.seed).toBe(String(meta['seed']));
    }
  });
});

describe.skipIf(!present)('recordings of sidecars and headers', () => {
  it.each(kind('a1111-user'))('%s: the fields that users filled in', (name) => {
    const raw = fields(JSON.parse(text(name)));
    const facts = readSidecar(name, text(name));

    expect(facts?.format).toBe('a1111');
    expect(facts?.trainedWords.join('')).toBe(raw['activation text']);
    expect(facts?.negativeText ?? '').toBe(raw['negative text'] ?? '');
    expect(facts?.notes ?? '').toBe(raw['notes']);
    expect(facts?.preferredWeight ?? 0).toBe(raw['preferred weight'] ?? 0);
  });

  it.each(names.filter((name) => name.endsWith('.civitai.info')))(
    '%s: ids, words and hash of the version',
    (name) => {
      const raw = fields(JSON.parse(text(name)));
      const facts = readSidecar(name, text(name));

      expect(facts).toMatchObject({ format: 'civitai-info', versionId: raw['id'], modelId: raw['modelId'] });
      expect(facts?.baseModel).toBe(raw['baseModel']);
      const words = Array.isArray(raw['trainedWords'])
        ? raw['trainedWords'].map((word) => String(word).trim())
        : [];
      expect(facts?.trainedWords).toEqual([...new Set(words)].filter((word) => word !== ''));
      const primary = items(raw['files']).find((file) => file['primary'] === true);
      const hash = fields(primary?.['hashes'])['SHA256'];
      expect(facts?.hashes['SHA256']).toBe(
        typeof hash === 'string' ? hash.toLowerCase() : facts?.hashes['SHA256'],
      );
    },
  );

  it.each(names.filter((name) => name.endsWith('.metadata.json')))('%s: what LoRA Manager keeps', (name) => {
    const raw = fields(JSON.parse(text(name)));
    const facts = readSidecar(name, text(name));

    expect(facts).toMatchObject({ format: 'lora-manager', modelName: raw['model_name'], size: raw['size'] });
    expect(facts?.versionId).toBe(fields(raw['civitai'])['id']);
    expect(facts?.tags).toEqual(raw['tags']);
  });

  it.each(kind('stheader'))('%s: the metadata of a header is kept whole', (name) => {
    const raw = fields(JSON.parse(text(name)));

    expect(JSON.parse(metadataJson(raw))).toEqual(raw['__metadata__'] ?? raw);
  });

  it('meets every other recording without throwing, read as a sidecar and as parameters', () => {
    for (const name of names.filter((item) => /\.(?:json|info|txt)$/.test(item))) {
      const raw = text(name);
      expect(() => readSidecar('x.json', raw)).not.toThrow();
      expect(() => readSidecar('x.civitai.info', raw)).not.toThrow();
      expect(() => readGenerationText(raw)).not.toThrow();
    }
  });
});
