import { scrubText } from '../base/json.ts';

export type ModelFormat = 'safetensors' | 'gguf' | 'zip' | 'pickle' | 'unknown';

/** What a model file says of itself. Damage is told in `warning`; nothing of it is an error. */
export interface ModelHeader {
  readonly format: ModelFormat;
  /** What is wrong with the file, one sentence. */
  readonly warning?: string;
  /** Texts by key: a value that was no text is JSON. `undefined` when the file has none. */
  readonly metadata: Record<string, string> | undefined;
  readonly tensors?: number;
  /** The numbers of all tensors together. */
  readonly parameters?: number;
}

/** Bytes of a file from anywhere in it: fewer than asked for only at its end. */
export interface ByteSource {
  /** Of the whole file. */
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

const MAX_KEYS = 5_000;
/** Characters of all keys and values kept. */
const MAX_TEXT = 8 * 1024 * 1024;
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** A text map from entries of any type, bounded; `cut` tells that something was left out for its length. */
export function textMap(entries: Iterable<readonly [string, unknown]>): {
  texts: Record<string, string>;
  cut: boolean;
} {
  const texts: [string, string][] = [];
  let length = 0;
  let cut = false;
  for (const [key, value] of entries) {
    if (FORBIDDEN.has(key) || value === undefined) continue;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (texts.length >= MAX_KEYS || length + key.length + text.length > MAX_TEXT) {
      cut = true;
      continue;
    }
    length += key.length + text.length;
    texts.push([scrubText(key), scrubText(text)]);
  }
  return { texts: Object.fromEntries(texts), cut };
}

/** The warning of metadata that was cut. */
export const CUT_WARNING = 'Its metadata is longer than 8 MiB; what is beyond was left out.';

/** A ModelHeader, with the keys that have a value only. */
export function modelHeader(
  format: ModelFormat,
  said: {
    readonly warning?: string | undefined;
    readonly metadata?: Record<string, string> | undefined;
    readonly tensors?: number | undefined;
    readonly parameters?: number | undefined;
  },
): ModelHeader {
  const { warning, metadata, tensors, parameters } = said;
  return {
    format,
    metadata,
    ...(warning === undefined ? {} : { warning }),
    ...(tensors === undefined ? {} : { tensors }),
    ...(parameters === undefined ? {} : { parameters }),
  };
}
