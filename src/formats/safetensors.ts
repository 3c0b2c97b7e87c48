import { isRecord, parseJson, type Json } from '../base/json.ts';
import { CUT_WARNING, modelHeader, textMap, type ByteSource, type ModelHeader } from './model-file-header.ts';

/** The library that defines the format refuses headers above this. */
const MAX_HEADER = 100 * 1024 * 1024;
/** What we read without being asked for more, in bytes; real headers stay below 10 MiB. */
const DEFAULT_MAX_HEADER = 32 * 1024 * 1024;

/**
 * Reads the header of a safetensors file: 8 bytes of length, JSON, then tensor data. Nothing is read beyond the header,
 * and no header above `maxHeader` bytes (at most 100 MiB). Damage becomes a warning.
 */
export async function readSafetensors(
  source: ByteSource,
  maxHeader: number = DEFAULT_MAX_HEADER,
): Promise<ModelHeader> {
  const length = headerLength(await source.read(0, 8), source.size, Math.min(maxHeader, MAX_HEADER));
  if (typeof length === 'string') return modelHeader('safetensors', { warning: length });
  const bytes = await source.read(8, length);
  if (bytes.length < length)
    return modelHeader('safetensors', { warning: 'The file ends within its header.' });
  return parseSafetensors(bytes, source.size - 8 - length);
}

/** True when a file may be a safetensors file by its first nine bytes and its size. */
export function looksLikeSafetensors(first: Uint8Array, size: number): boolean {
  return first[8] === 0x7b && typeof headerLength(first.subarray(0, 8), size, MAX_HEADER) === 'number';
}

/** The header's length from the first 8 bytes, or the sentence why there can't be one. */
function headerLength(first: Uint8Array, size: number, max: number): number | string {
  if (size === 0) return 'The file is empty.';
  if (first.length < 8) return 'The file is too short to be a model.';
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER)) return `The header claims ${length} bytes, more than the format allows.`;
  if (length > BigInt(size - 8)) return 'The file ends within its header.';
  if (length > BigInt(max)) return `The header has ${length} bytes: too many to be read.`;
  return Number(length);
}

/** Parses the JSON of a header. `dataSize`: how many bytes of tensors follow it in the file. */
export function parseSafetensors(json: Uint8Array, dataSize: number): ModelHeader {
  const header = parseHeader(json);
  if (typeof header === 'string') return modelHeader('safetensors', { warning: header });
  const own = header['__metadata__'];
  const said = isRecord(own) ? textMap(Object.entries(own)) : undefined;
  const tensors = Object.entries(header).filter(([key]) => key !== '__metadata__');
  const warning = tensorWarning(tensors, dataSize) ?? (said?.cut === true ? CUT_WARNING : undefined);
  const parameters = tensors.reduce((sum, [, tensor]) => sum + parametersOf(tensor), 0);
  return modelHeader('safetensors', {
    warning,
    metadata: said?.texts,
    tensors: tensors.length,
    parameters: Number.isSafeInteger(parameters) ? parameters : undefined,
  });
}

function parseHeader(bytes: Uint8Array): Record<string, Json> | string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return 'The header is not UTF-8 text.';
  }
  try {
    const header = parseJson(text);
    return isJsonObject(header) ? header : 'The header is not a JSON object.';
  } catch {
    return 'The header is not JSON.';
  }
}

function isJsonObject(value: Json): value is Record<string, Json> {
  return isRecord(value);
}

function tensorWarning(tensors: readonly [string, Json][], dataSize: number): string | undefined {
  const spans: (readonly [from: number, to: number])[] = [];
  for (const [, tensor] of tensors) {
    const span = spanOf(tensor);
    if (span === undefined) return 'The header describes a tensor without its place.';
    if (span[1] > dataSize) return 'The file is shorter than its tensors: it is cut off.';
    spans.push(span);
  }
  spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let end = 0;
  for (const [from, to] of spans) {
    if (from < end) return 'Tensors overlap.';
    end = to;
  }
  return undefined;
}

function spanOf(tensor: Json): readonly [number, number] | undefined {
  const offsets = isRecord(tensor) ? tensor['data_offsets'] : undefined;
  if (!Array.isArray(offsets) || offsets.length !== 2) return undefined;
  const [from, to] = offsets as unknown[];
  if (!isCount(from) || !isCount(to) || from > to) return undefined;
  return [from, to];
}

function parametersOf(tensor: Json): number {
  const shape = isRecord(tensor) ? tensor['shape'] : undefined;
  if (!Array.isArray(shape) || shape.length > 64) return 0;
  let product = 1;
  for (const side of shape as unknown[]) product *= isCount(side) ? side : 0;
  return product;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
