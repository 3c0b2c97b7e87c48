import { z } from 'zod';
import { isRecord, parseJson } from '../../base/json.ts';
import { given, natural, number, word } from './lenient.ts';
import type { Generation } from './types.ts';

const MetaShape = z.object({
  prompt: word,
  negativePrompt: word,
  seed: given,
  steps: natural,
  cfgScale: number,
  sampler: word,
  Model: word,
  model: word,
});

/** Some tools wrote the meta as a text of JSON; longer ones are no meta. */
const LONGEST_TEXT = 1_000_000;

/**
 * Reads an image's `meta`: flat, nested as `{id, meta}`, or as JSON in a text. `undefined` when it is null, empty or
 * nothing of the kind. `all` keeps every key there was; keys are as polluted as the site has them.
 */
export function readGeneration(value: unknown): Generation | undefined {
  const flat = flatten(value);
  if (flat === undefined) return undefined;
  const entries = Object.entries(flat).filter(([key]) => key !== '__proto__');
  if (entries.length === 0) return undefined;
  const meta = MetaShape.parse(flat);
  return {
    prompt: meta.prompt,
    negativePrompt: meta.negativePrompt,
    seed: readSeed(meta.seed),
    steps: meta.steps,
    cfgScale: meta.cfgScale,
    sampler: meta.sampler,
    model: meta.Model ?? meta.model,
    all: Object.fromEntries(entries),
  };
}

function flatten(value: unknown): Record<string, unknown> | undefined {
  const meta = typeof value === 'string' ? parsed(value) : value;
  if (!isRecord(meta)) return undefined;
  if (!('meta' in meta) || !isNesting(meta)) return meta;
  return isRecord(meta['meta']) ? meta['meta'] : undefined;
}

/** `{id, meta}` and nothing else: the database path's form. */
function isNesting(meta: Record<string, unknown>): boolean {
  return (
    Object.keys(meta).every((key) => key === 'id' || key === 'meta') &&
    (meta['meta'] === null || isRecord(meta['meta']))
  );
}

function parsed(text: string): unknown {
  if (text.length > LONGEST_TEXT || !text.trimStart().startsWith('{')) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** A seed as text: it may be larger than a double holds, negative, or come as text. */
function readSeed(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text.slice(0, 100);
}
