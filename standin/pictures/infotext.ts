/** Keys that have a place of their own in the text; the rest follow in order. */
const SETTINGS: readonly (readonly [key: string, label: string])[] = [
  ['steps', 'Steps'],
  ['sampler', 'Sampler'],
  ['cfgScale', 'CFG scale'],
  ['seed', 'Seed'],
  ['Size', 'Size'],
  ['Model hash', 'Model hash'],
  ['Model', 'Model'],
  ['Denoising strength', 'Denoising strength'],
  ['clipSkip', 'Clip skip'],
  ['Clip skip', 'Clip skip'],
  ['Hires upscale', 'Hires upscale'],
  ['Hires upscaler', 'Hires upscaler'],
  ['ADetailer model', 'ADetailer model'],
  ['Version', 'Version'],
];

/** Generation data as AUTOMATIC1111 writes them into a picture. */
export function infotext(meta: Readonly<Record<string, unknown>>): string {
  const settings = SETTINGS.flatMap(([key, label]) => {
    const value = meta[key];
    return value === undefined || value === null ? [] : [`${label}: ${quoted(String(value))}`];
  });
  if (meta['hashes'] !== undefined) settings.push(`Hashes: ${JSON.stringify(meta['hashes'])}`);
  if (meta['civitaiResources'] !== undefined) {
    settings.push(`Civitai resources: ${JSON.stringify(meta['civitaiResources'])}`);
  }
  return `${String(meta['prompt'] ?? '')}\nNegative prompt: ${String(meta['negativePrompt'] ?? '')}\n${settings.join(', ')}`;
}

function quoted(value: string): string {
  return /[,:\n"]/.test(value) ? JSON.stringify(value) : value;
}
