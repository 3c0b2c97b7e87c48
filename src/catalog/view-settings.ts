import { isRecord, scrubText } from '../base/json.ts';

const LONGEST_KEY = 60;
const LONGEST_VALUE = 500;
const MOST_SETTINGS = 80;

/** Settings people look for first, in reading order: the label and the other names it goes by, see `keyOf`. */
const FIRST: readonly (readonly [label: string, ...keys: string[]])[] = [
  ['Steps', 'steps'],
  ['Sampler', 'sampler', 'samplername'],
  ['Schedule type', 'scheduletype', 'scheduler'],
  ['CFG scale', 'cfgscale', 'cfg'],
  ['Distilled CFG scale', 'distilledcfgscale', 'guidance'],
  ['Seed', 'seed'],
  ['Size', 'size'],
  ['Model', 'model'],
  ['Model hash', 'modelhash'],
  ['VAE', 'vae'],
  ['Clip skip', 'clipskip'],
  ['Denoising strength', 'denoisingstrength', 'denoise'],
  ['Hires upscale', 'hiresupscale'],
  ['Hires steps', 'hiressteps'],
  ['Hires upscaler', 'hiresupscaler'],
];

/** Shown elsewhere (prompts, resources), or of no use to a person (graphs, the site's own marks). */
const HIDDEN = new Set([
  'prompt', 'negativeprompt', 'negative', 'resources', 'civitairesources', 'additionalresources', 'hashes', 'lorahashes', 'tihashes',
  'comfy', 'workflow', 'workflowid', 'extra', 'needsreview', 'versionids', 'modelids', 'models', 'upscalers', 'vaes', 'controlnets',
  'width', 'height', 'civitaimetadata', 'modelversionids', 'creatortip', 'civitaitip', 'quantity', 'disablepoi', 'aspectratio', 'priority',
]); // prettier-ignore

/** What the columns of `gen_param` say; they win over the settings. */
export interface ReadSettings {
  readonly seed: string | null;
  readonly steps: number | null;
  readonly cfg: number | null;
  readonly sampler: string | null;
  readonly model: string | null;
}

/** How an image was made, label to value, in reading order: what people look for first, then the rest as it came. */
export function settingsView(
  read: ReadSettings,
  settings: Readonly<Record<string, unknown>>,
): (readonly [string, string])[] {
  const values = valuesOf(settings);
  const known = new Map<string, string | number | null>([
    ['Steps', read.steps],
    ['Sampler', read.sampler],
    ['CFG scale', read.cfg],
    ['Seed', read.seed],
    ['Model', read.model],
    ['Size', sizeOf(settings)],
  ]);
  const views: (readonly [string, string])[] = [];
  for (const [label, ...keys] of FIRST) {
    const key = keys.find((name) => values.has(name));
    const value = shortText(known.get(label)) || (values.get(key ?? '')?.value ?? '') || '';
    for (const name of keys) values.delete(name);
    if (value !== '') views.push([label, value]);
  }
  for (const { label, value } of values.values()) views.push([label, value]);
  return views.slice(0, MOST_SETTINGS);
}

function valuesOf(
  settings: Readonly<Record<string, unknown>>,
): Map<string, { label: string; value: string }> {
  const values = new Map<string, { label: string; value: string }>();
  for (const [label, raw] of Object.entries(settings)) {
    const key = keyOf(label);
    // Infotexts cut at the wrong commas leave pieces of prompts as keys.
    if (key === '' || label.length > LONGEST_KEY || /["\n]/.test(label) || HIDDEN.has(key)) continue;
    const value = shortText(raw);
    if (value !== '' && !values.has(key)) values.set(key, { label: scrubText(label), value });
  }
  return values;
}

/** `Clip skip`, `clipSkip` and `clip_skip` are one. */
function keyOf(label: string): string {
  return label.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''); // prettier-ignore
}

/** A value as text; lists and objects one level deep, what is deeper left out. */
function shortText(value: unknown): string {
  if (Array.isArray(value))
    return plainValue(value.slice(0, MOST_SETTINGS).map(plainValue).filter(Boolean).join(', '));
  if (!isRecord(value)) return plainValue(value);
  const parts = Object.entries(value)
    .slice(0, MOST_SETTINGS)
    .map(([key, inner]) => [key.slice(0, LONGEST_KEY), plainValue(inner)]);
  return plainValue(parts.flatMap(([key, text]) => (text === '' ? [] : `${key}: ${text}`)).join(', ')); // prettier-ignore
}

function plainValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? scrubText(value.slice(0, LONGEST_VALUE)).trim() : '';
}

function sizeOf(settings: Readonly<Record<string, unknown>>): string | null {
  const [width, height] = [Number(settings['width']), Number(settings['height'])];
  const told = shortText(settings['Size']);
  if (told !== '') return told;
  return width > 0 && height > 0 && Number.isFinite(width * height) ? `${width}x${height}` : null;
}
