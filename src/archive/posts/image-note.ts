import { isRecord } from '../../base/json.ts';
import type { KnownGeneration } from '../../catalog/generation.ts';
import { parseAir } from '../../formats/air.ts';
import { RAW_KEY, REMOVED_KEY } from '../../formats/prompt-note.ts';
import type { PromptFilter } from '../../prompts/filter.ts';
import { loraTagsOf } from '../../prompts/lora-tag.ts';
import { parsePrompt } from '../../prompts/parse.ts';

/** What a note is made of. */
export interface NoteFacts {
  /** Of the original. */
  readonly url: string;
  readonly generation: KnownGeneration | undefined;
  readonly filter: PromptFilter;
  /** Download links are made on it. */
  readonly apiOrigin: string;
}

/** The text of `<imageId>.txt`: the keys, and blank for what is not known, as the older downloader wrote them. */
export function imageNote({ url, generation, filter, apiOrigin }: NoteFacts): string {
  const settings = generation?.settings ?? {};
  const raw = generation?.prompt ?? '';
  const made = filter(raw);
  const variants = [...made].map(([name, { text }]) => [name, inOneLine(text)] as const);
  const removed = [...made].map(([name, filtered]) => [name, filtered.removed] as const);
  const note = {
    ...Object.fromEntries(variants),
    negative: inOneLine(generation?.negative ?? ''),
    cfg: generation?.cfg ?? '',
    steps: generation?.steps ?? '',
    sampler: generation?.sampler ?? '',
    seed: seedOf(generation?.seed),
    clip_skip: numberOr(settings['clipSkip'] ?? settings['Clip skip']),
    [RAW_KEY]: raw,
    lora: loraTagsOf(parsePrompt(raw)).at(-1)?.text ?? '',
    url,
    resources_used: resourcesIn(settings).map((resource) => withLink(resource, apiOrigin)),
    [REMOVED_KEY]: Object.fromEntries(removed),
  };
  return `${JSON.stringify(note, undefined, 2)}\n`;
}

/** As notes hold a variant. */
export function inOneLine(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ');
}

/** A number where JSON holds it to the last digit. */
function seedOf(seed: string | null | undefined): string | number {
  if (seed === null || seed === undefined) return '';
  return /^-?\d{1,15}$/.test(seed) ? Number(seed) : seed;
}

function numberOr(value: unknown): number | string {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : '';
}

const RESOURCE_KEYS = ['civitaiResources', 'additionalResources', 'resources'] as const;
const MOST_RESOURCES = 200;

function resourcesIn(settings: Readonly<Record<string, unknown>>): Record<string, unknown>[] {
  const listed = RESOURCE_KEYS.flatMap((key) => (Array.isArray(settings[key]) ? settings[key] : []));
  return listed.filter(isRecord).slice(0, MOST_RESOURCES);
}

function withLink(resource: Record<string, unknown>, apiOrigin: string): Record<string, unknown> {
  const version = versionOf(resource);
  const link = version === undefined ? {} : { download_url: `${apiOrigin}/api/download/models/${version}` };
  return { ...resource, ...link };
}

function versionOf({ modelVersionId, air }: Record<string, unknown>): string | undefined {
  const read = typeof air === 'string' ? parseAir(air) : undefined;
  const said = modelVersionId ?? (read?.source === 'civitai' ? read.version : undefined);
  const text = typeof said === 'number' || typeof said === 'string' ? String(said) : '';
  return /^[1-9]\d{0,9}$/.test(text) ? text : undefined;
}
