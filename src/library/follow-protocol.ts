/** What a following thread is told once; all else is in the shared memory, because messages are dear. */
export interface FollowSetup {
  /** Absolute. */
  readonly path: string;
  readonly control: SharedArrayBuffer;
}

/** Bytes of the shared memory: two counters of 8 bytes each, and one of 4 that counts what was told. */
export const FOLLOW_BYTES = 24;
/** Places in it, as 64-bit numbers: how far the file has grown, and how many times its hash was asked for. */
export const GROWN = 0;
export const ASKED = 1;
/** As a 32-bit number: changes with everything that is told, for the thread to wait on. */
export const TOLD = 4;
