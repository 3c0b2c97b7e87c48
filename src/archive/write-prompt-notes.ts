import { readFileSync } from 'node:fs';
import { isSystemError, LibraryError } from '../base/errors.ts';
import { faultPoint } from '../base/fault-point.ts';
import { boundsOf } from '../library/inside.ts';
import { placeAll } from '../library/place.ts';

/** A note that is to say something else. */
export interface NoteChange {
  readonly path: string;
  /** The folder that was named; nothing is written outside of it. */
  readonly root: string;
  /** What was read. */
  readonly before: Buffer;
  readonly text: string;
}

/** What could not be written, by path. */
export type NoteErrors = ReadonlyMap<string, LibraryError>;

/**
 * Writes changed notes, each whole or not at all; one that somebody wrote since it was read is left as it is. Throws
 * LibraryError `disk-full`.
 */
export async function writePromptNotes(changes: readonly NoteChange[]): Promise<NoteErrors> {
  const errors = new Map<string, LibraryError>();
  for (const root of new Set(changes.map((change) => change.root))) {
    const wanted = changes.filter((change) => change.root === root && isAsRead(change, errors));
    const items = wanted.map(({ path, text }) => ({ path, bytes: text }));
    for (const { path, error } of await placeAll(items, { bounds: boundsOf(root) }))
      if (error !== undefined) errors.set(path, error);
    faultPoint('prompts.placed');
  }
  return errors;
}

function isAsRead({ path, before }: NoteChange, errors: Map<string, LibraryError>): boolean {
  try {
    if (readFileSync(path).equals(before)) return true;
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
  errors.set(
    path,
    new LibraryError('Another program changed it while it was read, so it was left.', {
      code: 'prompt-note-changed',
      next: 'Run the same command again.',
    }),
  );
  return false;
}
