import { createHash } from 'node:crypto';
import { trapPickle, writeGguf, writeTorchZip, writeZip } from './containers.ts';
import { hash32, random } from './random.ts';
import type { Random } from './random.ts';
import { dataLength, writeSafetensors } from './safetensors.ts';
import type { TensorPlan } from './safetensors.ts';
import { TENSORS } from './tensors.ts';
import { modelspec, trainingMetadata } from './training.ts';
import type { TrainingFacts } from './training.ts';

const NOISE_BYTES = 64 * 1024;
const LONG_BYTES = 2_300_000;

/** Makes the bytes of a content key: the same key and facts always give the same bytes. */
export type ContentMaker = (key: string, facts: TrainingFacts) => Buffer;

/** `seed` varies the bytes of the whole world, so that two worlds share no file. */
export function contentMaker(seed: number): ContentMaker {
  const noise = makeNoise(seed);
  return (key, facts) => {
    const [kind = '', , long] = key.split(':');
    const chance = random(seed, 'content', key);
    const start = hash32(seed, key) % NOISE_BYTES;
    const fill = (data: Buffer): void => pour(noise, start, data, hash32(seed, key, 'stamp'));
    return make(kind, chance, facts, fill, long === 'long');
  };
}

function makeNoise(seed: number): Buffer {
  const chance = random(seed, 'noise');
  const words = new Uint32Array(NOISE_BYTES / 4);
  for (let at = 0; at < words.length; at += 1) words[at] = chance.next() * 0x1_0000_0000;
  return Buffer.from(words.buffer);
}

/** Fills with the world's noise from `start` on, round and round, then stamps the first bytes as this file's own. */
function pour(noise: Buffer, start: number, data: Buffer, stamp: number): void {
  for (let at = 0, from = start; at < data.length; from = 0) at += noise.copy(data, at, from);
  if (data.length >= 4) data.writeUInt32LE(stamp, 0);
}

function make(
  kind: string,
  chance: Random,
  facts: TrainingFacts,
  fill: (data: Buffer) => void,
  long: boolean,
): Buffer {
  const data = (length: number): Buffer => {
    const bytes = Buffer.alloc(long ? LONG_BYTES : length);
    fill(bytes);
    return bytes;
  };
  if (kind === 'pickle') return writeTorchZip(data(chance.int(600, 3_000)));
  if (kind === 'old-pickle') return trapPickle(data(chance.int(600, 3_000)));
  if (kind === 'gguf') return writeGguf(facts.name, 'flux', data(chance.int(500, 2_000) * 4));
  if (kind === 'zip') return zip(chance, data(chance.int(300, 2_000)));
  if (kind === 'workflow')
    return Buffer.from(JSON.stringify({ nodes: [], version: 0.4, name: facts.name, id: chance.next() }));
  if (kind === 'config')
    return Buffer.from(`model:\n  name: ${JSON.stringify(facts.name)}\n  id: ${chance.next()}\n`);
  return safetensors(kind, chance, facts, fill, long);
}

function zip(chance: Random, data: Buffer): Buffer {
  return writeZip([
    { name: 'readme.txt', bytes: Buffer.from(`Unpack beside your models. ${chance.int(1, 1e9)}\n`) },
    { name: 'data/items.bin', bytes: data },
  ]);
}

function safetensors(
  kind: string,
  chance: Random,
  facts: TrainingFacts,
  fill: (data: Buffer) => void,
  long: boolean,
): Buffer {
  const sdxl = !facts.baseModel.startsWith('SD 1');
  const tensors: TensorPlan[] = (TENSORS[kind] ?? TENSORS['unet'])?.(chance, sdxl) ?? [];
  if (long) tensors.push({ name: 'padding.weight', dtype: 'F16', shape: [LONG_BYTES / 2] });
  const data = Buffer.alloc(dataLength(tensors));
  fill(data);
  const metadata = metadataOf(kind, chance, facts, sdxl);
  // Trainers write the hash of the tensor data, which is the site's AutoV3.
  if (metadata?.['ss_output_name'] !== undefined) {
    metadata['sshs_model_hash'] = createHash('sha256').update(data).digest('hex');
  }
  return writeSafetensors(metadata, tensors, data);
}

function metadataOf(
  kind: string,
  chance: Random,
  facts: TrainingFacts,
  sdxl: boolean,
): Record<string, string> | undefined {
  if (['lora', 'locon', 'dora'].includes(kind)) {
    const training = trainingMetadata(chance, facts);
    return chance.chance(0.3)
      ? { ...training, ...modelspec(facts, 'stable-diffusion-xl-v1-base/lora') }
      : training;
  }
  if (kind === 'checkpoint' && chance.chance(0.6)) {
    return {
      ...modelspec(facts, sdxl ? 'stable-diffusion-xl-v1-base' : 'stable-diffusion-v1'),
      format: 'pt',
    };
  }
  return chance.chance(0.5) ? { format: 'pt' } : undefined;
}
