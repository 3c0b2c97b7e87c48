import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { messageOf } from '../base/errors.ts';
import { GGUF_MAGIC, readGguf } from './gguf.ts';
import { modelHeader, type ByteSource, type ModelFormat, type ModelHeader } from './model-file-header.ts';
import { isTorchZip, looksLikePickle, PICKLE_EXTENSIONS, pickleHeader } from './pickle.ts';
import { looksLikeSafetensors, readSafetensors } from './safetensors.ts';
import { looksLikeZip, readZipNames, type ZipListing } from './zip.ts';

export type { ModelHeader } from './model-file-header.ts';

/** Extensions of the files that count as models, lower case with their dot. */
export const MODEL_EXTENSIONS: readonly string[] = [
  '.safetensors',
  '.sft',
  '.ckpt',
  '.pt',
  '.pth',
  '.bin',
  '.gguf',
  '.zip',
];

/**
 * Reads what a model file says of itself. `head`: its first bytes when they are at hand, so that most files need not be
 * opened. Never throws: what can't be read or understood is told in the header's warning.
 */
export async function readModelHeader(
  path: string | Buffer,
  size: number,
  head: Uint8Array = new Uint8Array(0),
): Promise<ModelHeader> {
  const ext = extensionOf(path.toString());
  const source = openSource(path, size, head);
  try {
    return await readHeader(source, ext);
  } catch (error) {
    return modelHeader(formatOf(ext), { warning: `The header can't be read: ${messageOf(error)}` });
  } finally {
    await source.close();
  }
}

/** Reads the header of a model file of which the bytes can be had. `ext`: lower case with its dot. */
export async function readHeader(source: ByteSource, ext: string): Promise<ModelHeader> {
  const named = formatOf(ext);
  if (source.size === 0) return modelHeader(named, { warning: 'The file is empty.' });
  const first = await source.read(0, 16);
  if (GGUF_MAGIC.every((byte, index) => first[index] === byte)) return asNamed(ext, await readGguf(source));
  if (looksLikeZip(first)) return asNamed(ext, await zipHeader(source));
  if (looksLikePickle(first) && named !== 'safetensors') return asNamed(ext, pickleHeader());
  if (named === 'safetensors' || looksLikeSafetensors(first, source.size)) return readSafetensors(source);
  if (named === 'unknown' || ext === '.bin') return modelHeader('unknown', {});
  return modelHeader(named, { warning: `It does not begin as a ${ext} file does.` });
}

async function zipHeader(source: ByteSource): Promise<ModelHeader> {
  const listing = await readZipNames(source);
  if (typeof listing === 'string') return modelHeader('zip', { warning: listing });
  return isTorchZip(listing) ? pickleHeader() : modelHeader('zip', { metadata: zipMetadata(listing) });
}

function zipMetadata({ entries, names }: ZipListing): Record<string, string> {
  return { entries: String(entries), names: JSON.stringify(names.slice(0, 200)) };
}

/** A file that is something else than its name says deserves a word: a pickle may be a trap. */
function asNamed(ext: string, header: ModelHeader): ModelHeader {
  const named = formatOf(ext);
  if (named === header.format || named === 'pickle' || named === 'unknown') return header;
  if (ext === '.zip' && header.format === 'pickle') return header;
  return { ...header, warning: header.warning ?? `It is named ${ext} but holds ${HOLDS[header.format]}.` };
}

const HOLDS: Readonly<Record<ModelFormat, string>> = {
  safetensors: 'a safetensors file',
  gguf: 'a GGUF file',
  zip: 'a zip file',
  pickle: 'a pickle, which can run code when loaded',
  unknown: 'something else',
};

function formatOf(ext: string): ModelFormat {
  if (ext === '.safetensors' || ext === '.sft') return 'safetensors';
  if (ext === '.gguf') return 'gguf';
  if (ext === '.zip') return 'zip';
  return PICKLE_EXTENSIONS.has(ext) ? 'pickle' : 'unknown';
}

function extensionOf(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot < 0 || path.indexOf('/', dot) >= 0 ? '' : path.slice(dot).toLowerCase();
}

interface OpenSource extends ByteSource {
  close(): Promise<void>;
}

/** Bytes from `head` where it has them, else from the file, which is opened when first needed. */
function openSource(path: string | Buffer, size: number, head: Uint8Array): OpenSource {
  let handle: Promise<FileHandle> | undefined;
  return {
    size,
    async read(offset, length) {
      const end = Math.min(offset + length, size);
      if (end <= offset) return new Uint8Array(0);
      if (end <= head.length) return head.subarray(offset, end);
      handle ??= open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
      return readFully(await handle, offset, end - offset);
    },
    async close() {
      await handle?.then(
        (file) => file.close(),
        () => undefined,
      );
    },
  };
}

async function readFully(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}
