import { Worker } from 'node:worker_threads';
import { InterruptedError, LibraryError } from '../base/errors.ts';
import {
  BATCH_BYTES,
  BATCH_FILES,
  CANCEL_MASK,
  CONTROL_BYTES,
  type HashAnswer,
  type HashRequest,
  type WorkerSetup,
} from './hash-protocol.ts';
import type { HashedFile, HashKind } from './read-hashes.ts';

export type { HashedFile, HashKind } from './read-hashes.ts';

export interface HashOptions {
  readonly signal?: AbortSignal;
  /** Told now and then, and at the end, how many bytes of the file are read so far. */
  readonly onBytes?: (done: number) => void;
  /** Size in bytes as last seen: small files then travel to a thread several at a time. */
  readonly size?: number;
}

/** Reads files and tells their hashes. An interface, so that tests can tell others. */
export interface Hasher {
  /** Queues without limit. Rejects with LibraryError (see readHashes) or InterruptedError. */
  hash(path: string | Buffer, options?: HashOptions): Promise<HashedFile>;
  /** Ends the threads; what was not done is rejected with InterruptedError. */
  close(): Promise<void>;
}

export interface HasherOptions {
  /** At most so many files are read at once, each by a thread that starts when it is first needed. */
  readonly threads: number;
  readonly kinds: readonly HashKind[];
}

/** Opens a hasher on worker threads. */
export function openHasher(options: HasherOptions): Hasher {
  const pool = new HashThreads(options);
  return {
    hash: (path, given) => pool.add(path, given ?? {}),
    close: () => pool.close(),
  };
}

interface Task {
  readonly path: string | Buffer;
  readonly options: HashOptions;
  readonly resolve: (file: HashedFile) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly cancelled: Int32Array;
  readonly progress: BigInt64Array;
  batch: Task[];
}

/** A batch is closed when its files have so many bytes; a file of unknown size goes alone. */
const BATCH_SIZE = 4 * 1024 * 1024;
const PROGRESS_MS = 100;

class HashThreads {
  readonly #options: HasherOptions;
  readonly #queue: Task[] = [];
  readonly #threads = new Set<Thread>();
  #ticker: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: HasherOptions) {
    this.#options = options;
  }

  add(path: string | Buffer, options: HashOptions): Promise<HashedFile> {
    const { signal } = options;
    if (this.#closed || signal?.aborted === true) return Promise.reject(new InterruptedError());
    return new Promise((resolve, reject) => {
      const task: Task = {
        path,
        options,
        resolve: (file) => {
          signal?.removeEventListener('abort', stop);
          options.onBytes?.(file.size);
          resolve(file);
        },
        reject: (error) => {
          signal?.removeEventListener('abort', stop);
          reject(error);
        },
      };
      const stop = (): void => {
        this.#cancel(task);
      };
      signal?.addEventListener('abort', stop, { once: true });
      this.#queue.push(task);
      // Waits for the calls that follow at once, so that small files can share a message.
      if (this.#queue.length === 1) queueMicrotask(() => this.#dispatch());
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#ticker);
    const waiting = [...this.#queue.splice(0), ...[...this.#threads].flatMap((thread) => thread.batch)];
    for (const task of waiting) task.reject(new InterruptedError());
    const threads = [...this.#threads];
    this.#threads.clear();
    await Promise.all(threads.map((thread) => thread.worker.terminate()));
  }

  #dispatch(): void {
    while (!this.#closed && this.#queue.length > 0) {
      const idle = [...this.#threads].find((thread) => thread.batch.length === 0);
      if (idle === undefined && this.#threads.size >= Math.max(this.#options.threads, 1)) return;
      this.#send(idle ?? this.#start());
    }
  }

  #send(thread: Thread): void {
    thread.batch = takeBatch(this.#queue);
    thread.progress.fill(0n);
    const paths = thread.batch.map((task) => task.path);
    thread.worker.ref();
    thread.worker.postMessage({ paths } satisfies HashRequest);
    if (thread.batch.some((task) => task.options.onBytes !== undefined)) this.#watchProgress();
  }

  #start(): Thread {
    const control = new SharedArrayBuffer(CONTROL_BYTES);
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`./hash-worker.${extension}`, import.meta.url), {
      workerData: { kinds: this.#options.kinds, control } satisfies WorkerSetup,
    });
    const thread: Thread = {
      worker,
      cancelled: new Int32Array(control),
      progress: new BigInt64Array(control),
      batch: [],
    };
    worker.on('message', (answers: HashAnswer[]) => {
      this.#settle(thread, answers);
    });
    worker.on('error', (error: Error) => {
      this.#threads.delete(thread);
      for (const task of thread.batch.splice(0)) task.reject(error);
      this.#dispatch();
    });
    this.#threads.add(thread);
    return thread;
  }

  #settle(thread: Thread, answers: readonly HashAnswer[]): void {
    const batch = thread.batch;
    thread.batch = [];
    // An idle thread must not keep the program alive.
    thread.worker.unref();
    this.#dispatch();
    for (const [index, task] of batch.entries()) {
      const answer = answers[index];
      if (answer?.file !== undefined) task.resolve(answer.file);
      else task.reject(errorOf(answer?.failure));
    }
    const busy = [...this.#threads].some((one) => one.batch.length > 0);
    if (!busy) this.#stopProgress();
  }

  #cancel(task: Task): void {
    const queued = this.#queue.indexOf(task);
    if (queued >= 0) {
      this.#queue.splice(queued, 1);
      task.reject(new InterruptedError());
      return;
    }
    for (const thread of this.#threads) {
      const index = thread.batch.indexOf(task);
      if (index >= 0) Atomics.or(thread.cancelled, CANCEL_MASK, 1 << index);
    }
  }

  #watchProgress(): void {
    this.#ticker ??= setInterval(() => {
      for (const { batch, progress } of this.#threads) {
        for (const [index, task] of batch.entries()) {
          const done = Number(Atomics.load(progress, BATCH_BYTES + index));
          if (done > 0) task.options.onBytes?.(done);
        }
      }
    }, PROGRESS_MS);
  }

  #stopProgress(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }
}

function takeBatch(queue: Task[]): Task[] {
  let bytes = 0;
  let count = 0;
  while (count < queue.length && count < BATCH_FILES) {
    const size = queue[count]?.options.size ?? BATCH_SIZE;
    if (count > 0 && bytes + size > BATCH_SIZE) break;
    bytes += size;
    count += 1;
  }
  return queue.splice(0, count);
}

function errorOf(failure: HashAnswer['failure']): Error {
  if (failure === undefined) return new Error('A hashing thread gave no answer.');
  if (failure.code === 'interrupted') return new InterruptedError();
  if (failure.code === 'unknown') return new Error(failure.message);
  const { code, next } = failure;
  return new LibraryError(failure.message, next === undefined ? { code } : { code, next });
}
