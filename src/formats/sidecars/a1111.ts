import { sidecarFacts } from './facts.ts';
import type { SidecarFacts } from './facts.ts';
import { hashesIn, idIn, numberIn, textIn, textsIn } from './fields.ts';

/** Keys of which at least one shows the format. */
const OWN_KEYS = ['activation text', 'preferred weight', 'negative text', 'sd version'] as const;
/** Every key that its forms write. */
const ALL_KEYS: ReadonlySet<string> = new Set([...OWN_KEYS, 'description', 'notes', 'vae']);

/** True for an object of A1111's, also one that somebody filled in by hand and in part. */
export function isA1111(keys: readonly string[]): boolean {
  if (keys.some((key) => OWN_KEYS.some((own) => own === key))) return true;
  return keys.length > 0 && keys.every((key) => ALL_KEYS.has(key));
}

/**
 * A1111's user metadata (`X.json`), with what sd-civitai-browser-plus and others add. `undefined` when the object is
 * something else: `X.json` is the most contested name of all.
 */
export function readA1111(value: Readonly<Record<string, unknown>>): SidecarFacts | undefined {
  if (!isA1111(Object.keys(value))) return undefined;
  const activation = textIn(value['activation text']) ?? textIn(value['civitai text']);
  const version = textIn(value['sd version']) ?? textIn(value['base model']);
  return sidecarFacts({
    format: 'a1111',
    modelName: textIn(value['civitai name']),
    trainedWords: activation === undefined ? [] : [activation],
    negativeText: textIn(value['negative text']),
    // The form writes 0 when the user never touched it.
    preferredWeight: numberIn(value['preferred weight']) || undefined,
    notes: textIn(value['notes']),
    description: textIn(value['description']),
    baseModel: version === 'Unknown' || version === 'Other' ? undefined : version,
    creator: textIn(value['creator']),
    tags: textsIn(value['tags']),
    modelId: idIn(value['modelId']),
    versionId: idIn(value['modelVersionId']),
    hashes: hashesIn({ SHA256: value['sha256'] }),
    unknownToSite: value['modelId'] === 'Model not found',
  });
}
