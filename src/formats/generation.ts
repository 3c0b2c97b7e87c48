import { isRecord } from '../base/json.ts';
import { readComfy, readComfyValue } from './comfy.ts';
import { readExif } from './exif.ts';
import type { ExifReading } from './exif.ts';
import { numberOf, parseLooseJson, seedText } from './generation-json.ts';
import { readToolObject } from './generation-objects.ts';
import type { GenerationFacts } from './generation-objects.ts';
import { mergeResources, resourcesInPrompt, resourcesInSettings } from './generation-resource.ts';
import type { GeneratedResource } from './generation-resource.ts';
import { kindOf } from './image-kind.ts';
import { looksLikeInfotext, parseInfotext } from './infotext.ts';
import { readJpeg } from './jpeg.ts';
import { readPng } from './png.ts';
import { trimNuls } from './user-comment.ts';
import { readWebp } from './webp.ts';

/** How an image was made, as the image itself says. The first eight fields are those of the site's answers. */
export interface Generation {
  readonly prompt: string | undefined;
  readonly negativePrompt: string | undefined;
  /** Decimal text: seeds reach 2^64 - 1. */
  readonly seed: string | undefined;
  readonly steps: number | undefined;
  readonly cfgScale: number | undefined;
  readonly sampler: string | undefined;
  readonly model: string | undefined;
  /** Flat: the facts above under the site's names, then every setting under the tool's own, large numbers as text. */
  readonly all: Readonly<Record<string, unknown>>;
  /** `ComfyUI`, `SwarmUI`, `stable-diffusion.cpp` …; `A1111` for its kin that don't say more. */
  readonly tool: string;
  readonly resources: readonly GeneratedResource[];
}

/**
 * Reads how an image was made from the bytes of a PNG, JPEG or WebP file. `undefined` when it does not say. Never throws,
 * whatever the bytes.
 */
export function readGeneration(bytes: Uint8Array): Generation | undefined {
  const facts = readFacts(bytes);
  return facts === undefined || isEmpty(facts) ? undefined : generationOf(facts);
}

/**
 * Reads one text in which a tool keeps parameters (a PNG `parameters` chunk, a UserComment, a recorded infotext).
 * `undefined` when neither settings nor a negative prompt nor a known object show that a generator wrote it.
 */
export function readGenerationText(text: string): Generation | undefined {
  const facts = factsOfText(trimNuls(text));
  return facts === undefined || isEmpty(facts) ? undefined : generationOf(facts);
}

function readFacts(bytes: Uint8Array): GenerationFacts | undefined {
  const kind = kindOf(bytes);
  if (kind === 'png') {
    const png = readPng(bytes);
    const texts = new Map<string, string>();
    for (const { keyword, text } of png?.texts ?? []) if (!texts.has(keyword)) texts.set(keyword, text);
    return factsOfChunks(texts) ?? factsOfExif(png?.exif);
  }
  if (kind === 'webp') return factsOfExif(readWebp(bytes)?.exif);
  if (kind !== 'jpeg') return undefined;
  const jpeg = readJpeg(bytes);
  return factsOfExif(jpeg?.exif) ?? firstOf(jpeg?.comments ?? [], factsOfText);
}

function factsOfChunks(texts: ReadonlyMap<string, string>): GenerationFacts | undefined {
  if (texts.get('Software')?.startsWith('NovelAI') === true) return factsOfNovel(texts);
  const invoke = firstOf(['invokeai_metadata', 'sd-metadata'], (key) => factsOfObject(texts.get(key)));
  const known = invoke ?? namedObject(texts.get('generation_data'), 'Tensor.Art') ?? factsOfParameters(texts);
  if (known !== undefined && !isEmpty(known)) return known;
  const comfy = readComfy(texts.get('prompt'), texts.get('workflow'));
  if (comfy !== undefined && !isEmpty(comfy)) return comfy;
  return firstOf(['Comment', 'UserComment', 'Description', 'Dream'], (key) =>
    factsOfText(texts.get(key) ?? ''),
  );
}

/** The chunk is the generator's own, so that a prompt without settings counts as well. */
function factsOfParameters(texts: ReadonlyMap<string, string>): GenerationFacts | undefined {
  const text = texts.get('parameters');
  if (text === undefined || text.trim() === '') return undefined;
  const facts = factsOfObject(text) ?? factsOfInfotext(text);
  return texts.has('parameters-json') ? { ...facts, tool: 'Stability Matrix' } : facts;
}

function factsOfNovel(texts: ReadonlyMap<string, string>): GenerationFacts | undefined {
  const facts = namedObject(texts.get('Comment'), 'NovelAI');
  if (facts === undefined) return undefined;
  const model = facts.model ?? texts.get('Source');
  return { ...facts, prompt: facts.prompt ?? texts.get('Description'), model };
}

function factsOfExif(block: Uint8Array | undefined): GenerationFacts | undefined {
  const exif = block === undefined ? undefined : readExif(block);
  if (exif === undefined) return undefined;
  const comment = exif.userComment === undefined ? undefined : factsOfText(exif.userComment);
  if (comment !== undefined && !isEmpty(comment)) {
    return comment.tool === 'NovelAI' ? { ...comment, model: comment.model ?? exif.software } : comment;
  }
  return factsOfTags(exif) ?? factsOfText(exif.description ?? '');
}

/** ComfyUI's WebP files keep `Workflow: {…}` and `Prompt: {…}` in tags made for cameras. */
function factsOfTags(exif: ExifReading): GenerationFacts | undefined {
  const found: { prompt?: string; workflow?: string } = {};
  for (const tag of [exif.description, exif.make, exif.model]) {
    const match = /^(prompt|workflow): ?(?=\{)/i.exec(tag ?? '');
    if (tag === undefined || match === null) continue;
    found[match[1]?.toLowerCase() === 'prompt' ? 'prompt' : 'workflow'] = tag.slice(match[0].length);
  }
  return readComfy(found.prompt, found.workflow);
}

function factsOfText(text: string): GenerationFacts | undefined {
  return factsOfObject(text) ?? (looksLikeInfotext(text) ? factsOfInfotext(text) : undefined);
}

function namedObject(text: string | undefined, tool: string): GenerationFacts | undefined {
  const facts = factsOfObject(text);
  return facts === undefined ? undefined : { ...facts, tool };
}

function factsOfObject(text: string | undefined): GenerationFacts | undefined {
  const start = text?.trimStart();
  if (start === undefined || !start.startsWith('{')) return undefined;
  const value = parseLooseJson(start);
  if (!isRecord(value)) return undefined;
  // NovelAI's WebP files wrap the object of the PNG files in another.
  if (typeof value['Comment'] === 'string') {
    const model = typeof value['Source'] === 'string' ? value['Source'] : undefined;
    const inner = readToolObject(parseLooseJson(value['Comment']));
    return inner === undefined ? undefined : { ...inner, tool: 'NovelAI', model: inner.model ?? model };
  }
  return readSite(value) ?? readComfyValue(value) ?? readToolObject(value);
}

/** The site's own generator sends a ComfyUI graph and what the user typed beside it. */
function readSite(value: Record<string, unknown>): GenerationFacts | undefined {
  const extra = value['extraMetadata'];
  const typed = readToolObject(typeof extra === 'string' ? parseLooseJson(extra) : extra);
  if (typed === undefined) return undefined;
  const graph = readComfyValue(value);
  const resources = mergeResources([...typed.resources, ...(graph?.resources ?? [])]);
  return { ...typed, tool: 'Civitai', model: typed.model ?? graph?.model, resources };
}

function factsOfInfotext(text: string): GenerationFacts {
  const { prompt, negativePrompt, settings } = parseInfotext(text);
  const found = [...resourcesInPrompt(prompt), ...resourcesInSettings(settings)];
  return {
    tool: toolOf(settings),
    prompt: prompt === '' ? undefined : prompt,
    negativePrompt: negativePrompt === '' ? undefined : negativePrompt,
    seed: seedText(settings['Seed']),
    steps: numberOf(settings['Steps']),
    cfgScale: numberOf(settings['CFG scale'] ?? settings['CFG Scale'] ?? settings['Guidance scale']),
    sampler: textOf(settings['Sampler']),
    model: textOf(settings['Model']),
    resources: mergeResources(found),
    settings,
  };
}

function toolOf(settings: Readonly<Record<string, unknown>>): string {
  const version = String(settings['Version'] ?? '');
  if (settings['App'] === 'SD.Next') return 'SD.Next';
  if (/^(?:f\d|classic|neo)/.test(version)) return 'Forge';
  if (/^(?:ComfyUI|stable-diffusion\.cpp|Fooocus)/.test(version))
    return /^[\w.-]+/.exec(version)?.[0] ?? 'A1111';
  return 'Civitai resources' in settings && version === '' ? 'Civitai' : 'A1111';
}

function isEmpty(facts: GenerationFacts): boolean {
  return [facts.prompt, facts.negativePrompt, facts.seed, facts.steps].every((fact) => fact === undefined);
}

function generationOf(facts: GenerationFacts): Generation {
  const { tool, resources, settings, prompt, negativePrompt, seed, steps, cfgScale, sampler, model } = facts;
  const own = { prompt, negativePrompt, seed, steps, cfgScale, sampler, Model: model };
  const known = Object.entries(own).filter(([, value]) => value !== undefined);
  const all = {
    ...settings,
    ...Object.fromEntries(known),
    tool,
    ...(resources.length > 0 ? { resources } : {}),
  };
  return { prompt, negativePrompt, seed, steps, cfgScale, sampler, model, all, tool, resources };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function firstOf<I, T>(items: readonly I[], read: (item: I) => T | undefined): T | undefined {
  for (const item of items) {
    const found = read(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
