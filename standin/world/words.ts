/** What names, descriptions and prompts are made of. All invented here. */

export const ADJECTIVES = [
  'Amber', 'Nordic', 'Velvet', 'Quiet', 'Silver', 'Painted', 'Midnight', 'Golden', 'Misty', 'Radiant', 'Paper',
  'Crimson', 'Gentle', 'Electric', 'Ancient', 'Autumn', 'Porcelain', 'Drifting', 'Luminous', 'Hollow', 'Winter',
  'Sunlit', 'Cobalt', 'Woven', 'Feral', 'Marble', 'Neon', 'Faded', 'Emerald', 'Wandering',
] as const; // prettier-ignore

export const NOUNS = [
  'Lighthouse', 'Fjord', 'Orchard', 'Observatory', 'Harbour', 'Meadow', 'Cathedral', 'Foxes', 'Teahouse', 'Glacier',
  'Lantern', 'Library', 'Mechanism', 'Garden', 'Canyon', 'Portrait', 'Railway', 'Reverie', 'Aurora', 'Tapestry',
  'Greenhouse', 'Carnival', 'Compass', 'Monsoon', 'Sculptor', 'Nebula', 'Bakery', 'Archipelago', 'Cartographer', 'Moth',
] as const; // prettier-ignore

export const KINDS = ['Style', 'Mix', 'Realism', 'Anime', 'Watercolour', 'Ink', 'Details', 'Lighting', 'Concept', 'Character'] as const; // prettier-ignore

export const SUBJECTS = [
  'a lighthouse above a stormy sea', 'an old library with tall windows', 'a fox in a birch forest', 'a tram in the rain',
  'a greenhouse full of ferns', 'a mountain lake at dawn', 'a tea ceremony by candlelight', 'a paper boat on a canal',
  'a clockmaker at his bench', 'a village under the northern lights', 'a robot watering roses', 'an observatory in snow',
  'a market street in the evening', 'a cat asleep on warm stones', 'a sailing ship in a bottle', 'a glass city in the clouds',
] as const; // prettier-ignore

export const QUALITIES = [
  'soft light', 'highly detailed', 'masterpiece', 'best quality', '35mm photo', 'oil on canvas', 'volumetric fog',
  'shallow depth of field', 'pastel colours', 'sharp focus', 'golden hour', 'intricate', 'wide angle', 'film grain',
] as const; // prettier-ignore

export const NEGATIVES = ['blurry', 'low quality', 'watermark', 'text', 'jpeg artifacts', 'extra fingers', 'worst quality', 'cropped'] as const; // prettier-ignore

export const SAMPLERS = [
  'Euler a',
  'DPM++ 2M Karras',
  'DPM++ SDE Karras',
  'DDIM',
  'UniPC',
  'Euler',
  'LMS',
] as const;

export const TAGS = [
  'style', 'character', 'landscape', 'portrait', 'anime', 'photorealistic', 'concept', 'architecture', 'animals',
  'lighting', 'painting', 'fantasy', 'sci-fi', 'tool', 'base model', 'clothing', 'vehicle', 'food', 'nature', 'horror',
  'pixel art', 'retro', 'poses', 'background', 'objects', 'watercolor', 'celebration', 'winter', 'robot', 'cat',
] as const; // prettier-ignore

/** Every type of the site, the common ones more than once so that chance prefers them. */
export const TYPES = [
  'Checkpoint', 'TextualInversion', 'Hypernetwork', 'AestheticGradient', 'LORA', 'LoCon', 'DoRA', 'Controlnet',
  'Upscaler', 'MotionModule', 'VAE', 'TextEncoder', 'UNet', 'CLIPVision', 'Poses', 'Wildcards', 'Workflows',
  'ComfyWorkflows', 'Detection', 'VisionLanguage', 'CLIP', 'LLM', 'Other',
] as const; // prettier-ignore

export const COMMON_TYPES = ['LORA', 'LORA', 'LORA', 'LORA', 'LORA', 'LORA', 'Checkpoint', 'Checkpoint', 'TextualInversion', 'LoCon', 'DoRA', 'VAE', 'Controlnet'] as const; // prettier-ignore

export const FILE_TYPES = [
  'Model', 'Text Encoder', 'Vision Encoder', 'Pruned Model', 'Negative', 'Training Data', 'VAE', 'Config', 'Archive',
  'UNet', 'Diffusion Model', 'CLIPVision', 'ControlNet', 'Workflow', 'Upscaler', 'Enhancement LoRA', 'Other',
] as const; // prettier-ignore

/** Base models that are shown; the hidden ones follow in HIDDEN_BASE_MODELS. */
export const BASE_MODELS = [
  'SD 1.5', 'SDXL 1.0', 'Illustrious', 'Pony', 'NoobAI', 'Flux.1 D', 'SD 1.4', 'SD 1.5 LCM', 'SD 1.5 Hyper', 'SD 2.0',
  'SD 2.1', 'SDXL Lightning', 'SDXL Hyper', 'Flux.1 S', 'Flux.1 Krea', 'Flux.1 Kontext', 'Flux.2 D', 'Flux.2 Klein 9B',
  'Qwen', 'Chroma', 'HiDream', 'Hunyuan 1', 'Hunyuan Video', 'Kolors', 'Krea 2', 'LTXV', 'LTXV 2.3', 'Lumina', 'Mochi',
  'PixArt a', 'PixArt E', 'Pony V7', 'AuraFlow', 'Wan Video 14B t2v', 'Wan Video 14B i2v 480p',
  'Wan Video 2.2 I2V-A14B', 'ZImageTurbo', 'ZImageBase', 'Anima', 'CogVideoX', 'MiniMax H3', 'Other',
] as const; // prettier-ignore

export const HIDDEN_BASE_MODELS = ['SDXL Turbo', 'SD 3', 'SD 3.5 Large', 'SD 2.1 768', 'SVD', 'Stable Cascade', 'SDXL 0.9', 'SDXL Distilled'] as const; // prettier-ignore

export const COMMON_BASE_MODELS = ['SD 1.5', 'SD 1.5', 'SDXL 1.0', 'SDXL 1.0', 'Illustrious', 'Illustrious', 'Pony', 'Flux.1 D', 'NoobAI'] as const; // prettier-ignore

export const USER_WORDS = ['brush', 'pixel', 'fern', 'quartz', 'otter', 'lumen', 'cipher', 'maple', 'raven', 'delta', 'mochi', 'tinker'] as const; // prettier-ignore
