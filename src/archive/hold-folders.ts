import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { InterruptedError, isSystemError } from '../base/errors.ts';

export interface HoldOptions {
  /** Where the locks lie, absolute; the same for all processes of a user. */
  readonly lockFolder: string;
  readonly signal: AbortSignal;
  /** Told once for each folder that another process holds. */
  readonly onWait: (folder: string) => void;
  /** Told when a folder can't be locked; the work goes on without. */
  readonly onTrouble: (folder: string, cause: unknown) => void;
}

/** SQLITE_BUSY (https://sqlite.org/rescode.html#busy). */
const BUSY = 5;
const PAUSE_MS = 100;

/**
 * Waits until no other process of this user works in these folders (absolute), and keeps others out until the returned
 * function is called. The locks are SQLite's, so the system takes them back however a process ends. Throws
 * InterruptedError.
 */
export async function holdFolders(folders: readonly string[], options: HoldOptions): Promise<() => void> {
  const held: DatabaseSync[] = [];
  const release = (): void => {
    for (const lock of held.splice(0)) lock.close();
  };
  try {
    // In one order for all, so that no two wait for each other.
    for (const folder of [...new Set(folders.map(realOf))].sort()) {
      const lock = openLock(folder, options);
      if (lock === undefined) continue;
      held.push(lock);
      await take(lock, folder, options);
    }
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

function realOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch (error) {
    if (isSystemError(error)) return folder;
    throw error;
  }
}

function openLock(folder: string, { lockFolder, onTrouble }: HoldOptions): DatabaseSync | undefined {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  try {
    mkdirSync(lockFolder, { recursive: true });
    return new DatabaseSync(join(lockFolder, `${name}.lock`), { timeout: 0 });
  } catch (error) {
    onTrouble(folder, error);
    return undefined;
  }
}

async function take(
  lock: DatabaseSync,
  folder: string,
  { signal, onWait, onTrouble }: HoldOptions,
): Promise<void> {
  for (let isFirst = true; ; isFirst = false) {
    if (signal.aborted) throw new InterruptedError();
    try {
      lock.exec('begin exclusive');
      return;
    } catch (error) {
      if (!isBusy(error)) return onTrouble(folder, error);
    }
    if (isFirst) onWait(folder);
    await delay(PAUSE_MS);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === BUSY;
}
