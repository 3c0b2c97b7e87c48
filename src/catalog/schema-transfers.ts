import type { Generated } from 'kysely';

/**
 * One file that was asked for, and what became of it: the queue of `get`. It outlives a kill, and says where bytes came
 * from and whether they were what was promised. A signed address never gets in here.
 */
export interface TransferTable {
  id: Generated<number>;
  host_id: string;
  /** What kind of thing: `file` of a version, and others to come. */
  kind: string;
  /** The site's id of it. */
  subject: string;
  /** The folder it was asked into, absolute. */
  output: string;
  /** Where it lies or will lie, absolute. */
  path: string;
  /** The site's own address for it, without key. */
  source: string;
  model_id: number | null;
  version_id: number | null;
  /** As announced by the site. */
  size: number | null;
  sha256: string | null;
  state: 'queued' | 'done' | 'failed' | 'refused';
  /** `fetched`, or `held` when its bytes came from another place on this machine; with `done` only. */
  how: 'fetched' | 'held' | null;
  /** Why it is not done: a stable code, a sentence, and what the user can do. */
  reason: string | null;
  why: string | null;
  next: string | null;
  /** When asking again makes sense, epoch ms; null: whenever it is asked for. */
  retry_at: number | null;
  tries: number;
  /** What storage said of the body under way: strong ETag or Last-Modified, and its whole length. */
  validator: string | null;
  total: number | null;
  /** How much of the part that is kept was proven, and the SHA-256 of that much. */
  kept_bytes: number | null;
  kept_sha256: string | null;
  /** Of the file as it was placed. */
  placed_sha256: string | null;
  placed_size: number | null;
  placed_mtime_ns: string | null;
  /** 1 when the SHA-256 is the one that the site promised. */
  verified: number;
  created_at: number;
  updated_at: number;
  /** Whose work it is, as the site spells the name; null where nobody said. */
  creator: string | null;
}

/** A folder that belongs to somebody or something for good: it is not renamed when they are. */
export interface PlaceTable {
  host_id: string;
  /** The folder that was named for all of it, absolute. */
  output: string;
  /** `work`: a post that was found among the works of a creator. */
  kind: 'creator' | 'model' | 'post' | 'work';
  /** The site's id, of a creator the name as the site compares names. */
  subject: string;
  /** Below the output, with forward slashes. */
  folder: string;
  /** The same as the strictest disk compares it. Only works share one with their model. */
  folded: string;
}
