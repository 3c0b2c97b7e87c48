import { hash32, random } from './random.ts';
import type { Random } from './random.ts';
import { ADJECTIVES, NEGATIVES, QUALITIES, SAMPLERS, SUBJECTS } from './words.ts';

export interface GenerationFacts {
  readonly seed: number;
  readonly imageId: number;
  readonly width: number;
  readonly height: number;
  /** Versions used, the first most. */
  readonly versionIds: readonly number[];
  /** Name and short hash of the model used, for A1111's keys. */
  readonly model: { readonly name: string; readonly autoV2: string } | undefined;
  readonly hostile: boolean;
}

/** The generation data of an image as the site tells them: a loose object whose keys differ from tool to tool. */
export function generationOf(facts: GenerationFacts): Record<string, unknown> {
  const chance = random(facts.seed, 'generation', facts.imageId);
  const meta: Record<string, unknown> = {
    prompt: facts.hostile ? hostilePrompt() : promptOf(chance),
    negativePrompt: chance.some(NEGATIVES, chance.int(2, 6)).join(', '),
    cfgScale: chance.pick([4, 5.5, 7, 7.5]),
    steps: chance.int(18, 45),
    sampler: chance.pick(SAMPLERS),
    seed: seedOf(chance, facts),
    Size: `${facts.width}x${facts.height}`,
  };
  if (chance.chance(0.5)) meta['clipSkip'] = 2;
  else meta['Clip skip'] = '2';
  if (chance.chance(0.6)) automatic(chance, facts, meta);
  else onSite(chance, facts, meta);
  if (chance.chance(0.05)) meta['"stray'] = '1';
  return meta;
}

function promptOf(chance: Random): string {
  const lora = chance.chance(0.3)
    ? `, <lora:${chance.pick(ADJECTIVES).toLowerCase()}_v1:0.${chance.int(5, 9)}>`
    : '';
  const weight = chance.chance(0.4) ? `, (${chance.pick(QUALITIES)}:1.${chance.int(1, 4)})` : '';
  return `${chance.pick(SUBJECTS)}, ${chance.some(QUALITIES, chance.int(2, 5)).join(', ')}${weight}${lora}`;
}

function hostilePrompt(): string {
  return '<script>window.__hostile="prompt"</script> </textarea><img src=x onerror="window.__hostile=1"> \u202e{{7*7}} $(rm)';
}

/** Mostly 32 bits; now and then beyond what a double holds, already rounded as the site rounds it. */
function seedOf(chance: Random, facts: GenerationFacts): number {
  if (chance.chance(0.02)) return 12_345_678_901_234_567_000;
  if (chance.chance(0.01)) return -hash32(facts.imageId);
  return hash32(facts.seed, 'noise seed', facts.imageId);
}

function automatic(chance: Random, facts: GenerationFacts, meta: Record<string, unknown>): void {
  const { model } = facts;
  if (model !== undefined) {
    meta['Model'] = model.name;
    meta['Model hash'] = model.autoV2.toLowerCase();
    meta['hashes'] = { model: model.autoV2.toLowerCase() };
    meta['resources'] = [
      { type: 'model', name: model.name, hash: model.autoV2.toLowerCase() },
      ...(chance.chance(0.3) ? [{ type: 'lora', name: 'unknown_detail', weight: null }] : []),
    ];
  }
  meta['Version'] = 'v1.10.1';
  if (chance.chance(0.4)) {
    meta['Denoising strength'] = '0.4';
    meta['Hires upscale'] = '1.5';
    meta['Hires upscaler'] = '4x-UltraSharp';
  }
  if (chance.chance(0.2)) meta['ADetailer model'] = 'face_yolov8n.pt';
}

function onSite(chance: Random, facts: GenerationFacts, meta: Record<string, unknown>): void {
  meta['civitaiResources'] = facts.versionIds.map((modelVersionId, at) => ({
    type: at === 0 ? 'checkpoint' : 'lora',
    modelVersionId,
    ...(at === 0 ? {} : { weight: 0.8 }),
  }));
  if (chance.chance(0.3)) meta['comfy'] = JSON.stringify(comfyOf(meta));
  meta['workflow'] = 'txt2img';
}

/** A ComfyUI graph in the API's form, and a small editor form beside it. */
export function comfyOf(meta: Readonly<Record<string, unknown>>): { prompt: unknown; workflow: unknown } {
  const node = (class_type: string, inputs: unknown): unknown => ({
    class_type,
    inputs,
    _meta: { title: class_type },
  });
  const prompt = {
    3: node('KSampler', {
      seed: meta['seed'],
      steps: meta['steps'],
      cfg: meta['cfgScale'],
      sampler_name: 'euler_ancestral',
      scheduler: 'normal',
      denoise: 1,
      model: ['4', 0],
      positive: ['6', 0],
      negative: ['7', 0],
      latent_image: ['5', 0],
    }),
    4: node('CheckpointLoaderSimple', { ckpt_name: 'lighthouse_v1.safetensors' }),
    5: node('EmptyLatentImage', { width: 832, height: 1216, batch_size: 1 }),
    6: node('CLIPTextEncode', { text: meta['prompt'], clip: ['4', 1] }),
    7: node('CLIPTextEncode', { text: meta['negativePrompt'], clip: ['4', 1] }),
    9: node('SaveImage', { filename_prefix: 'ComfyUI', images: ['8', 0] }),
  };
  return {
    prompt,
    workflow: { nodes: [{ id: 3, type: 'KSampler', pos: [860, 200] }], links: [], version: 0.4 },
  };
}
