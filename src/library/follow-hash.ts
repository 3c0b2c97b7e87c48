import { Worker } from 'node:worker_threads';
import { ASKED, FOLLOW_BYTES, GROWN, TOLD, type FollowSetup } from './follow-protocol.ts';
import { sha256Of } from './sha256-of.ts';

/** Told of growth each time so many bytes more are there. */
const TELL_EVERY = 1024 * 1024;

/** The hash of a file that grows, taken by a thread of its own from what the system still holds of it in memory. */
export interface FollowHash {
  /** The file has so many bytes now; it never shrinks. */
  grown(size: number): void;
  /** SHA-256 of its `size` bytes, which must be all of them. Throws the system's error when it can't be read. */
  digest(size: number): Promise<string>;
  end(): void;
}

/** Follows the file at `path` (absolute). A thread that fails costs one more reading and nothing else. */
export function followHash(path: string): FollowHash {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const control = new SharedArrayBuffer(FOLLOW_BYTES);
  const told = new Int32Array(control);
  const counts = new BigInt64Array(control);
  const worker = new Worker(new URL(`./follow-worker.${extension}`, import.meta.url), {
    workerData: { path, control } satisfies FollowSetup,
  });
  // A transfer that is given up must not keep the program alive.
  worker.unref();
  let last = 0;
  let hasFailed = false;
  let answer: ((sha256: string | undefined) => void) | undefined;
  const tell = (size: number, asks: bigint): void => {
    last = size;
    // In this order, and read in the other one: who sees that the hash is asked for sees up to where.
    Atomics.store(counts, GROWN, BigInt(size));
    Atomics.add(counts, ASKED, asks);
    Atomics.add(told, TOLD, 1);
    Atomics.notify(told, TOLD);
  };
  const settle = (sha256: string | undefined): void => {
    answer?.(sha256);
    answer = undefined;
  };
  const fail = (): void => {
    hasFailed = true;
    settle(undefined);
  };
  worker.on('message', (sha256: string) => settle(sha256));
  worker.on('error', fail);
  worker.on('exit', fail);
  return {
    grown(size) {
      if (size - last >= TELL_EVERY) tell(size, 0n);
    },
    async digest(size) {
      if (hasFailed) return await sha256Of(path);
      const sha256 = await new Promise<string | undefined>((resolve) => {
        answer = resolve;
        worker.ref();
        tell(size, 1n);
      });
      worker.unref();
      return sha256 ?? (await sha256Of(path));
    },
    end() {
      void worker.terminate();
    },
  };
}
