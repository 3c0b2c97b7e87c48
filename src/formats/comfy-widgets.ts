import { isRecord } from '../base/json.ts';

/**
 * Names of the widgets of common nodes, in the order in which a workflow stores their values. Newer workflows list the
 * names themselves. `*` is the control that follows a seed ("fixed", "randomize").
 */
const WIDGETS: Readonly<Record<string, readonly string[]>> = {
  KSampler: ['seed', '*', 'steps', 'cfg', 'sampler_name', 'scheduler', 'denoise'],
  KSamplerAdvanced: [
    'add_noise',
    'noise_seed',
    '*',
    'steps',
    'cfg',
    'sampler_name',
    'scheduler',
    'start_at_step',
    'end_at_step',
  ],
  SamplerCustom: ['add_noise', 'noise_seed', '*', 'cfg'],
  KSamplerSelect: ['sampler_name'],
  BasicScheduler: ['scheduler', 'steps', 'denoise'],
  RandomNoise: ['noise_seed', '*'],
  CFGGuider: ['cfg'],
  FluxGuidance: ['guidance'],
  CLIPTextEncode: ['text'],
  CLIPTextEncodeFlux: ['clip_l', 't5xxl', 'guidance'],
  CLIPTextEncodeSDXL: [
    'width',
    'height',
    'crop_w',
    'crop_h',
    'target_width',
    'target_height',
    'text_g',
    'text_l',
  ],
  CLIPTextEncodeSD3: ['clip_l', 'clip_g', 't5xxl', 'empty_padding'],
  CheckpointLoaderSimple: ['ckpt_name'],
  CheckpointLoader: ['config_name', 'ckpt_name'],
  UNETLoader: ['unet_name', 'weight_dtype'],
  UnetLoaderGGUF: ['unet_name'],
  VAELoader: ['vae_name'],
  LoraLoader: ['lora_name', 'strength_model', 'strength_clip'],
  LoraLoaderModelOnly: ['lora_name', 'strength_model'],
  EmptyLatentImage: ['width', 'height', 'batch_size'],
  PrimitiveStringMultiline: ['value'],
  PrimitiveString: ['value'],
  PrimitiveInt: ['value', '*'],
  PrimitiveFloat: ['value'],
  PrimitiveNode: ['value', '*'],
  SetNode: ['name'],
  GetNode: ['name'],
  ETN_Parameter: ['name', 'type', 'value'],
};

const CONTROLS: ReadonlySet<unknown> = new Set(['fixed', 'randomize', 'increment', 'decrement']);
const MODEL_FILE = /\.(?:safetensors|sft|ckpt|gguf|pth?|bin)$/i;
const MAX_WIDGETS = 500;

/** The values of a node's widgets by name; values whose name can't be told are named after what they look like. */
export function widgetValues(type: string, values: unknown, listed: readonly string[]): Map<string, unknown> {
  if (isRecord(values)) return new Map(Object.entries(values).slice(0, MAX_WIDGETS));
  if (!Array.isArray(values)) return new Map();
  const bounded: unknown[] = values.slice(0, MAX_WIDGETS);
  const known = Object.hasOwn(WIDGETS, type) ? WIDGETS[type] : undefined;
  if (known !== undefined) return byOrder(known, bounded);
  // A list that covers only the inputs turned into links says nothing of the others.
  if (listed.length > 0 && listed.length >= countPlain(bounded))
    return byOrder(listed, withoutControls(bounded));
  return byLooks(type, bounded);
}

function byOrder(names: readonly string[], values: readonly unknown[]): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [index, name] of names.entries()) {
    if (name !== '*' && index < values.length) found.set(name, values[index]);
  }
  return found;
}

function countPlain(values: readonly unknown[]): number {
  return withoutControls(values).length;
}

function withoutControls(values: readonly unknown[]): unknown[] {
  return values.filter(
    (value, index) => index === 0 || !CONTROLS.has(value) || typeof values[index - 1] !== 'number',
  );
}

function byLooks(type: string, values: readonly unknown[]): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [index, value] of values.entries()) {
    const name = typeof value === 'string' ? nameByLooks(type, value) : undefined;
    found.set(name === undefined || found.has(name) ? `widget_${index}` : name, value);
  }
  return found;
}

function nameByLooks(type: string, value: string): string | undefined {
  if (MODEL_FILE.test(value)) return modelWidget(type);
  return /text|prompt|string|encode/i.test(type) && value.length > 2 ? 'text' : undefined;
}

function modelWidget(type: string): string | undefined {
  if (/lora/i.test(type)) return 'lora_name';
  if (/checkpoint|ckpt|unet|diffusion/i.test(type)) return 'ckpt_name';
  if (/vae|clip|upscale|control|detector|sam/i.test(type)) return undefined;
  return 'ckpt_name';
}
