import type { WorldModel, WorldVersion } from '../world/types.ts';

const TYPES: Readonly<Record<string, string>> = {
  Checkpoint: 'checkpoint',
  TextualInversion: 'embedding',
  Hypernetwork: 'hypernet',
  AestheticGradient: 'ag',
  LORA: 'lora',
  LoCon: 'lycoris',
  DoRA: 'dora',
  Controlnet: 'controlnet',
  Upscaler: 'upscaler',
  MotionModule: 'motion',
  VAE: 'vae',
  TextEncoder: 'text_encoders',
  UNet: 'unet',
  CLIPVision: 'clipvision',
  CLIP: 'clip',
  VisionLanguage: 'visionlanguage',
};

/** Root ecosystem of a base model, lower case. */
function ecosystemOf(baseModel: string): string {
  if (baseModel.startsWith('SD 1')) return 'sd1';
  if (baseModel.startsWith('SD 2')) return 'sd2';
  if (/^(SDXL|Illustrious|NoobAI|Pony$)/.test(baseModel)) return 'sdxl';
  if (baseModel === 'Pony V7') return 'auraflow';
  if (baseModel.startsWith('Flux.1')) return 'flux1';
  if (baseModel.startsWith('Flux.2')) return 'flux2';
  return baseModel.toLowerCase().replaceAll(/[^a-z0-9]+/g, '') || 'other';
}

/** `urn:air:sdxl:lora:civitai:1@2`. */
export function airOf(model: Pick<WorldModel, 'id' | 'type'>, version: WorldVersion): string {
  const diffusion = version.files[0]?.type === 'Diffusion Model';
  const type = diffusion ? 'diffusionmodel' : (TYPES[model.type] ?? 'unknown');
  return `urn:air:${ecosystemOf(version.baseModel)}:${type}:civitai:${model.id}@${version.id}`;
}
