import type { Generated } from 'kysely';

/** One execution of a verb. */
export interface RunTable {
  id: Generated<number>;
  verb: string;
  host_id: string;
  pid: number;
  started_at: number;
  ended_at: number | null;
  options: string;
  result: string | null;
  exit_code: number | null;
}

/**
 * One step of a run that moves files. All steps of a plan are there before the first is taken; what was done is read off
 * the disk. `source` and `target` are absolute; `hex:…` of the bytes where a name is not UTF-8.
 */
export interface JournalStepTable {
  run_id: number;
  /** Order within the run, from 0. */
  position: number;
  op: 'move' | 'copy' | 'symlink' | 'hardlink' | 'reflink' | 'mkdir';
  /** A model file, what travels with one, or a folder that was not there. */
  role: 'model' | 'companion' | 'folder';
  /** The library file that it is or belongs to; 0 for folders. */
  file_id: number;
  source: string;
  target: string;
  source_root_id: number;
  target_root_id: number;
  /** The source as it was planned with. */
  size: number;
  mtime_ns: string;
  inode: string;
  sha256: string | null;
  /** The target as we left it, where that differs from the source. */
  left_mtime_ns: string | null;
  left_inode: string | null;
  /** The library file that a copy became. */
  made_file_id: number | null;
  /** `planned` and `undoing` are steps under way; `dropped` ones were never begun; `emptied` ones left the trash for good. */
  state: 'planned' | 'done' | 'failed' | 'dropped' | 'undoing' | 'undone' | 'left' | 'emptied';
  problem: string | null;
}

/** A run that moved files, or was taken back, and whose pages are not written yet. */
export interface PagesDueTable {
  run_id: number;
}

/** What the trash knows of a step of `clean`, besides from where to where it went. */
export interface TrashTable {
  run_id: number;
  position: number;
  /** `gone`: its model file is; `unused`: its model file has its notes elsewhere now; or which other file was kept. */
  reason: 'gone' | 'unused' | 'duplicate' | 'same-tensors';
  /** The run's own folder in the trash, absolute: nothing is moved out of it or removed elsewhere. */
  folder: string;
  /** The row of `output` as JSON, for what we wrote; null for model files. */
  output: string | null;
  /** The copy that was kept, as JSON with its `fileId`, `path`, `size`, `mtimeNs` and `inode`. */
  kept: string | null;
}

/** The right to do what only one process may do at a time. */
export interface LeaseTable {
  name: string;
  /** Random, new for each taking. */
  holder: string;
  host_id: string;
  pid: number;
  taken_at: number;
  expires_at: number;
}
