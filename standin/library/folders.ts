/** Where people keep each type, in the manner of the common user interfaces. */
const FOLDERS: Readonly<Record<string, string>> = {
  Checkpoint: 'Stable-diffusion',
  TextualInversion: 'embeddings',
  Hypernetwork: 'hypernetworks',
  AestheticGradient: 'aesthetic_embeddings',
  LORA: 'Lora',
  LoCon: 'LyCORIS',
  DoRA: 'Lora/dora',
  Controlnet: 'ControlNet',
  Upscaler: 'ESRGAN',
  MotionModule: 'animatediff',
  VAE: 'VAE',
  TextEncoder: 'text_encoders',
  UNet: 'unet',
  CLIPVision: 'clip_vision',
  CLIP: 'clip',
  Poses: 'poses',
  Wildcards: 'wildcards',
  Detection: 'ultralytics',
  VisionLanguage: 'LLM/vision',
  LLM: 'LLM',
};

/** Folder of a model type, relative to the library; LoRAs are sorted once more by base model. */
export function folderOf(type: string, baseModel: string): string {
  const folder = FOLDERS[type] ?? 'other';
  if (type !== 'LORA') return folder;
  return /^(SDXL|Pony|Illustrious|NoobAI)/.test(baseModel) ? `${folder}/xl` : folder;
}

/** Endings of model files, as walkers look for them. */
const MODEL_EXTENSIONS = ['safetensors', 'ckpt', 'pt', 'pth', 'bin', 'gguf', 'zip', 'sft'] as const;

export function isModelFile(name: string): boolean {
  const ext = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return MODEL_EXTENSIONS.some((one) => one === ext);
}
