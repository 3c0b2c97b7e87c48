import type { OutputRow } from '../../catalog/output.ts';
import type { KeptCopy, TrashReason } from '../../catalog/trash.ts';
import type { PathText } from '../../library/disk-path.ts';

/** A file that is to go into the trash. */
export interface CleanItem {
  readonly reason: TrashReason;
  /** A sentence for people. */
  readonly why: string;
  readonly path: PathText;
  readonly rootId: number;
  /** The library file that it is, or that it is about; 0 when it is about none. */
  readonly fileId: number;
  readonly size: number;
  readonly mtimeNs: string;
  readonly inode: string;
  readonly sha256: string | undefined;
  /** What was recorded when we wrote it; `undefined` for a model file. */
  readonly output: OutputRow | undefined;
  /** For a copy: the one that stays. */
  readonly kept: KeptCopy | undefined;
}

/** A file that would go, but is no longer what we wrote. */
export interface Refused {
  readonly path: PathText;
  readonly size: number;
  readonly why: string;
}

export interface CleanPlan {
  /** Model files first: what is about one goes only if that goes. */
  readonly items: readonly CleanItem[];
  readonly refused: readonly Refused[];
}

/** What we wrote, with why it is no longer wanted. */
export interface Unwanted {
  readonly row: OutputRow;
  readonly reason: TrashReason;
  readonly why: string;
  readonly kept?: KeptCopy;
}
