import type { Oddity } from './oddities.ts';
import type { Random } from './random.ts';
import type { WorldFile } from './types.ts';

/** What a file is to be, before it has an id. */
export type FilePlan = Pick<WorldFile, 'type' | 'format' | 'fp' | 'extent' | 'quantType'> & {
  /** Decides the bytes, see content.ts. */
  readonly kind: string;
  readonly ext: string;
};

const MAIN_KINDS: Readonly<Record<string, readonly [kind: string, ext: string]>> = {
  Checkpoint: ['checkpoint', 'safetensors'],
  TextualInversion: ['embedding', 'safetensors'],
  Hypernetwork: ['pickle', 'pt'],
  AestheticGradient: ['pickle', 'pt'],
  LORA: ['lora', 'safetensors'],
  LoCon: ['locon', 'safetensors'],
  DoRA: ['dora', 'safetensors'],
  Controlnet: ['controlnet', 'safetensors'],
  Upscaler: ['pickle', 'pth'],
  MotionModule: ['motion', 'safetensors'],
  VAE: ['vae', 'safetensors'],
  TextEncoder: ['text-encoder', 'safetensors'],
  UNet: ['unet', 'safetensors'],
  CLIPVision: ['text-encoder', 'safetensors'],
  CLIP: ['text-encoder', 'safetensors'],
  Poses: ['zip', 'zip'],
  Wildcards: ['zip', 'zip'],
  Workflows: ['zip', 'zip'],
  ComfyWorkflows: ['workflow', 'json'],
  Detection: ['pickle', 'pt'],
  VisionLanguage: ['pickle', 'bin'],
  LLM: ['gguf', 'gguf'],
  Other: ['zip', 'zip'],
};

const FORMATS: Readonly<Record<string, string>> = {
  safetensors: 'SafeTensor',
  gguf: 'GGUF',
  pt: 'PickleTensor',
  ckpt: 'PickleTensor',
  pth: 'PickleTensor',
  bin: 'PickleTensor',
};

const FILE_TYPES: Readonly<Record<string, string>> = {
  TextEncoder: 'Text Encoder',
  UNet: 'UNet',
  Poses: 'Archive',
  Wildcards: 'Archive',
  Workflows: 'Archive',
  ComfyWorkflows: 'Workflow',
  Other: 'Archive',
};

function plan(kind: string, ext: string, type: string, more: Partial<FilePlan> = {}): FilePlan {
  return {
    kind,
    ext,
    type,
    format: FORMATS[ext] ?? 'Other',
    fp: null,
    extent: null,
    quantType: null,
    ...more,
  };
}

/** The files of one version; the first is the primary one. */
export function planFiles(chance: Random, type: string, oddity: Oddity | undefined): FilePlan[] {
  if (oddity === 'no-files') return [];
  if (oddity === 'gguf')
    return ['Q4_K_M', 'Q8_0'].map((quantType) => plan('gguf', 'gguf', 'Model', { quantType }));
  if (oddity === 'archive') return [plan('zip', 'zip', 'Archive'), plan('workflow', 'json', 'Config')];
  if (oddity === 'pickle') {
    return [
      plan('pickle', 'ckpt', 'Model', { fp: 'fp16', extent: 'pruned' }),
      plan('old-pickle', 'pt', 'VAE'),
    ];
  }
  const [kind, ext] = MAIN_KINDS[type] ?? ['zip', 'zip'];
  const main = plan(kind, ext, FILE_TYPES[type] ?? 'Model');
  if (oddity === 'same-file-names' || oddity === 'same-bytes-in-version') {
    return [
      { ...main, fp: 'fp16', extent: 'pruned' },
      { ...main, fp: 'fp32', extent: 'full' },
    ];
  }
  if (oddity === 'superseded-file') return [main, main];
  if (type === 'Checkpoint') return checkpoint(chance, main);
  const files = [ext === 'safetensors' && chance.chance(0.3) ? { ...main, fp: 'bf16' } : main];
  if (['LORA', 'LoCon', 'DoRA'].includes(type) && chance.chance(0.15))
    files.push(plan('zip', 'zip', 'Training Data'));
  if (type === 'TextualInversion' && chance.chance(0.2))
    files.push(plan('embedding', 'safetensors', 'Negative'));
  return files;
}

function checkpoint(chance: Random, main: FilePlan): FilePlan[] {
  const files: FilePlan[] = [{ ...main, fp: 'fp16', extent: 'pruned' }];
  if (chance.chance(0.25)) files.push({ ...main, fp: 'fp32', extent: 'full' });
  if (chance.chance(0.15)) files.push(plan('vae', 'safetensors', 'VAE'));
  if (chance.chance(0.08)) files.push(plan('config', 'yaml', 'Config'));
  return files;
}

/**
 * The name under which the site hands a file out: small networks keep the name they were uploaded with, everything else
 * is named after model and version, so several files of one version often share a name.
 */
export function fileNameOf(
  modelName: string,
  versionName: string,
  modelType: string,
  file: FilePlan,
): string {
  const words = modelName
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .split(' ')
    .slice(0, 6);
  const stem = words.join(' ').slice(0, 60).trim() || 'model';
  if (['LORA', 'LoCon', 'DoRA'].includes(modelType)) {
    const suffix = file.type === 'Training Data' ? '_trainingData' : '';
    return `${stem.toLowerCase().replaceAll(' ', '_')}_${versionName.replaceAll(/[^\w.]+/g, '')}${suffix}.${file.ext}`;
  }
  const camel = stem.toLowerCase().replaceAll(/ (.)/g, (_, letter: string) => letter.toUpperCase());
  return `${camel}_${versionName.replaceAll(/\W+/g, '').toLowerCase()}.${file.ext}`;
}
