import { parentPort, workerData } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { AppError, messageOf } from '../base/errors.ts';
import {
  BATCH_BYTES,
  CANCEL_MASK,
  type HashAnswer,
  type HashRequest,
  type WorkerSetup,
} from './hash-protocol.ts';
import { readHashes, type HashKind, type HashTools } from './read-hashes.ts';

/** Reads one file after the other for `openHasher`; all it shares with it are the words of hash-protocol.ts. */
async function work(): Promise<void> {
  if (parentPort === null) throw new Error('This file runs as a worker thread only.');
  const port = parentPort;
  const setup = workerData as WorkerSetup;
  const kinds = new Set(setup.kinds);
  const tools = await loadTools(kinds);
  const buffer = Buffer.allocUnsafeSlow(256 * 1024);
  const cancelled = new Int32Array(setup.control);
  const progress = new BigInt64Array(setup.control);
  port.on('message', (batch: HashRequest) => {
    const answers: HashAnswer[] = batch.paths.map((path, index) => {
      const stopped = (): boolean => ((Atomics.load(cancelled, CANCEL_MASK) >>> index) & 1) === 1;
      const onBytes = (done: number): void => {
        Atomics.store(progress, BATCH_BYTES + index, BigInt(done));
      };
      try {
        const bytes = typeof path === 'string' ? path : Buffer.from(path);
        return { file: readHashes(bytes, { kinds, tools, buffer, onBytes, stopped }) };
      } catch (error) {
        return { failure: failureOf(error) };
      }
    });
    port.postMessage(answers);
  });
}

/** Both are compiled for most platforms, not all: there CRC32 is made by Node, slower, and BLAKE3 is left out. */
async function loadTools(kinds: ReadonlySet<HashKind>): Promise<HashTools> {
  return {
    ...(kinds.has('CRC32') ? { crc32: await loadCrc32() } : {}),
    ...(kinds.has('BLAKE3') ? await loadBlake3() : {}),
  };
}

async function loadCrc32(): Promise<NonNullable<HashTools['crc32']>> {
  try {
    return (await import('@node-rs/crc32')).crc32;
  } catch {
    return crc32;
  }
}

async function loadBlake3(): Promise<Pick<HashTools, 'blake3'>> {
  try {
    const { Blake3Hasher } = await import('@napi-rs/blake-hash');
    return { blake3: () => new Blake3Hasher() };
  } catch {
    return {};
  }
}

function failureOf(error: unknown): NonNullable<HashAnswer['failure']> {
  if (!(error instanceof AppError)) return { code: 'unknown', message: messageOf(error), next: undefined };
  return { code: error.code, message: error.message, next: error.next };
}

await work();
