import { z } from 'zod';
import { isRecord } from '../../base/json.ts';
import type { CivitaiFileId } from '../../base/ids.ts';
import { date, flag, given, idOf, number, record, word } from './lenient.ts';
import type { File } from './types.ts';

const FileShape = z.object({
  id: given,
  name: word,
  type: word,
  sizeKB: number,
  format: word,
  metadata: record,
  primary: flag,
  pickleScanResult: word,
  virusScanResult: word,
  scannedAt: date,
  hashes: given,
});

const MetadataShape = z.object({ format: word, fp: word, size: word, quantType: word });

/** Larger than any file there is; keeps a nonsense size out of sums. */
const MOST_KB = 1e12;

/** Reads a file of a version; `undefined` when it has no id. */
export function readFile(value: unknown): File | undefined {
  const parsed = FileShape.safeParse(value);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  const id = idOf<CivitaiFileId>(data.id);
  if (id === undefined) return undefined;
  const metadata = MetadataShape.parse(data.metadata ?? {});
  const kilobytes = Math.min(MOST_KB, Math.max(0, data.sizeKB ?? 0));
  return {
    id,
    name: data.name ?? `file-${id}`,
    type: data.type ?? 'Model',
    size: Math.round(kilobytes * 1024),
    // Early answers had the format beside the name.
    format: metadata.format ?? data.format,
    fp: metadata.fp,
    extent: metadata.size,
    quantType: metadata.quantType,
    primary: data.primary ?? false,
    pickleScanResult: data.pickleScanResult,
    virusScanResult: data.virusScanResult,
    scannedAt: data.scannedAt,
    hashes: readHashes(data.hashes),
  };
}

const HEX = /^(?:0x)?([0-9a-f]{6,128})$/i;

/** Hashes by type in lower case, from an object or from a list of `{type, hash}`; what is no hex is left out. */
function readHashes(value: unknown): Record<string, string> {
  const pairs = Array.isArray(value) ? value.map(pairOf) : isRecord(value) ? Object.entries(value) : [];
  const hashes: [string, string][] = [];
  for (const [type, hash] of pairs) {
    const hex = typeof hash === 'string' ? HEX.exec(hash.trim())?.[1] : undefined;
    if (hex !== undefined && typeof type === 'string' && type !== '__proto__')
      hashes.push([type, hex.toLowerCase()]);
  }
  return Object.fromEntries(hashes);
}

function pairOf(entry: unknown): [unknown, unknown] {
  return isRecord(entry) ? [entry['type'], entry['hash']] : [undefined, undefined];
}
