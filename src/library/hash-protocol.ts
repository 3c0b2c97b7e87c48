import type { HashedFile, HashKind } from './read-hashes.ts';

/** What a hashing thread is started with. */
export interface WorkerSetup {
  readonly kinds: readonly HashKind[];
  /** Shared: a mask of cancelled files, then the bytes read of each file of the batch. */
  readonly control: SharedArrayBuffer;
}

/** A batch: most files of a library are read in one message each, small ones several at a time. */
export interface HashRequest {
  /** Bytes where the name is not UTF-8. */
  readonly paths: readonly (string | Uint8Array)[];
}

/** One for each path of the batch, in its order. */
export interface HashAnswer {
  readonly file?: HashedFile;
  readonly failure?: { readonly code: string; readonly message: string; readonly next: string | undefined };
}

/** As many as a mask of 32 bits can cancel one by one. */
export const BATCH_FILES = 32;
/** Index in the control block seen as Int32Array: bit N cancels file N of the batch. */
export const CANCEL_MASK = 0;
/** Index in the control block seen as BigInt64Array: the bytes read of the batch's first file. */
export const BATCH_BYTES = 1;
/** Length of a control block in bytes. */
export const CONTROL_BYTES = 8 * (BATCH_BYTES + BATCH_FILES);
