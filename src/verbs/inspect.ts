import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { formatBytes, formatCount } from '../base/bytes.ts';
import { isSystemError, messageOf, UserError } from '../base/errors.ts';
import { isRecord } from '../base/json.ts';
import { readGeneration } from '../formats/generation.ts';
import { kindOf, mediaOf } from '../formats/image-kind.ts';
import { MODEL_EXTENSIONS, readModelHeader } from '../formats/model-file.ts';
import { rootError } from '../library/root.ts';
import { trainingOf } from '../catalog/view-training.ts';
import { flagOption } from './option.ts';
import type { Deps } from './deps.ts';
import type { Failure, Verb } from './verb.ts';
import { wrapLine } from './wrap-line.ts';

/** `civitarium inspect FILE...`: what a file says of itself. */
export const inspect: Verb = {
  name: 'inspect',
  summary: 'show what a model or image file says of itself',
  description:
    'Reads the header of a model file (training tags, base model, sizes) or the generation data inside an image (prompt, seed, settings). Nothing is looked up and nothing is changed. --hash also reads the whole file and prints every hash that Civitai knows it by.',
  examples: [
    ['civitarium inspect lora.safetensors', 'its header'],
    ['civitarium inspect image.png', 'its prompt and settings'],
    ['civitarium inspect --hash lora.safetensors', 'also SHA-256, AutoV1 to AutoV3, CRC32 and BLAKE3'],
  ],
  arguments: [{ name: 'file', many: true, required: true, summary: 'model or image files' }],
  options: [{ name: 'hash', kind: 'flag', summary: 'read the whole file and print its hashes' }],
  async run(deps, input) {
    const files: Inspected[] = [];
    const failures: Failure[] = [];
    for (const given of input.arguments) {
      try {
        const inspected = await inspectFile(deps, resolve(deps.cwd, given), flagOption(input, 'hash'));
        files.push(inspected);
        deps.terminal.print(given);
        for (const [label, value] of inspected.facts)
          for (const line of factLines(label, value, deps.terminal.width)) deps.terminal.print(line);
      } catch (error) {
        failures.push(failureOf(given, error));
      }
    }
    const [first] = failures;
    if (files.length === 0 && first !== undefined)
      throw new UserError(
        first.code === 'unreadable' ? `${first.what} can't be inspected: ${first.why}` : first.why,
        {
          code: first.code,
          ...(first.next === undefined ? {} : { next: first.next }),
        },
      );
    const models = files.filter((file) => file.kind === 'model').length;
    return {
      counts: {
        total: input.arguments.length,
        models,
        images: files.length - models,
        failed: failures.length,
      },
      warnings: [],
      failures,
      exitCode: failures.length > 0 ? 3 : 0,
      summary: [],
      data: { files: files.map((file) => ({ ...file, facts: Object.fromEntries(file.facts) })) },
    };
  },
};

/** Why a file, named as `given`, was not inspected. */
function failureOf(given: string, error: unknown): Failure {
  const known = isSystemError(error) ? rootError(given, error) : error;
  if (known instanceof UserError) {
    const { code, message: why, next } = known;
    return { what: given, code, why, ...(next === undefined ? {} : { next }) };
  }
  return { what: given, code: 'unreadable', why: messageOf(known) };
}

interface Inspected {
  readonly path: string;
  readonly kind: 'model' | 'image';
  readonly size: number;
  /** Label and value, in reading order. */
  readonly facts: readonly (readonly [string, string])[];
}

/** Images are read whole; larger ones than this are no generated pictures. */
const MOST_IMAGE_BYTES = 256 * 1024 * 1024;

async function inspectFile(deps: Deps, path: string, withHashes: boolean): Promise<Inspected> {
  const stats = await stat(path);
  if (!stats.isFile()) throw new Error('It is no file.');
  const { size } = stats;
  const isModel = MODEL_EXTENSIONS.some((extension) => path.toLowerCase().endsWith(extension));
  const facts: (readonly [string, string])[] = [['size', formatBytes(size)]];
  if (isModel) facts.push(...(await modelFacts(path, size)));
  else facts.push(...(await imageFacts(path, size)));
  if (withHashes) facts.push(...(await hashFacts(deps, path)));
  return { path, kind: isModel ? 'model' : 'image', size, facts };
}

async function modelFacts(path: string, size: number): Promise<(readonly [string, string])[]> {
  const header = await readModelHeader(path, size);
  const facts: (readonly [string, string])[] = [['format', header.format]];
  if (header.warning !== undefined) facts.push(['warning', header.warning]);
  if (header.tensors !== undefined) facts.push(['tensors', formatCount(header.tensors)]);
  if (header.parameters !== undefined) facts.push(['parameters', formatCount(header.parameters)]);
  const training = trainingOf(header.metadata === undefined ? null : JSON.stringify(header.metadata));
  facts.push(...(training?.facts ?? []));
  if (training !== undefined && training.tags.length > 0)
    facts.push([
      'training tags',
      training.tags
        .slice(0, 40)
        .map(({ tag, count }) => `${tag} (${count})`)
        .join(', '),
    ]);
  return facts;
}

async function imageFacts(path: string, size: number): Promise<(readonly [string, string])[]> {
  if (size > MOST_IMAGE_BYTES) throw new Error(`It is larger than ${formatBytes(MOST_IMAGE_BYTES)}.`);
  const bytes = await readFile(path);
  const kind = kindOf(bytes);
  if (mediaOf(kind) === undefined) throw new Error('It is neither a model file nor an image.');
  const facts: (readonly [string, string])[] = [['format', kind]];
  const generation = readGeneration(bytes);
  if (generation === undefined) return [...facts, ['generation data', 'none']];
  const { prompt, negativePrompt, seed, steps, cfgScale, sampler, model } = generation;
  const named: readonly (readonly [string, unknown])[] = [
    ['prompt', prompt],
    ['negative', negativePrompt],
    ['seed', seed],
    ['steps', steps],
    ['cfg scale', cfgScale],
    ['sampler', sampler],
    ['model', model],
  ];
  for (const [label, value] of named) if (value !== undefined) facts.push([label, String(value)]);
  const shown = new Set([
    'prompt',
    'negativePrompt',
    'seed',
    'steps',
    'cfgScale',
    'sampler',
    'model',
    'Model',
  ]);
  for (const [label, value] of Object.entries(generation.all)) {
    if (!shown.has(label))
      facts.push([
        label,
        typeof value === 'string'
          ? value
          : isRecord(value) || Array.isArray(value)
            ? JSON.stringify(value)
            : String(value),
      ]);
  }
  return facts;
}

async function hashFacts(deps: Deps, path: string): Promise<(readonly [string, string])[]> {
  const hasher = await deps.hasher(['AutoV3', 'CRC32', 'BLAKE3']);
  const { sha256, autoV1, autoV2, autoV3, crc32, blake3 } = await hasher.hash(path, { signal: deps.signal });
  const named: readonly (readonly [string, string | undefined])[] = [
    ['SHA256', sha256],
    ['AutoV1', autoV1],
    ['AutoV2', autoV2],
    ['AutoV3', autoV3],
    ['CRC32', crc32],
    ['BLAKE3', blake3],
  ];
  return named.flatMap(([label, value]) =>
    value === undefined ? [] : [[label, value.toUpperCase()] as const],
  );
}

/** Columns before a value. */
const MARGIN = 19;

/** A fact as lines: label, then the value, what does not fit hanging below it. */
function factLines(label: string, value: string, width: number | undefined): string[] {
  const capital = `${label.charAt(0).toUpperCase()}${label.slice(1)}`;
  return value
    .split(/\r?\n/)
    .flatMap((line, index) =>
      wrapLine(`  ${(index === 0 ? capital : '').padEnd(MARGIN - 3)} ${line}`, width, MARGIN),
    );
}
