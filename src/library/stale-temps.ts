import { lstatSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../base/errors.ts';
import { isAliveSince } from './process-alive.ts';
import { tempMaker } from './temp-name.ts';

/**
 * Removes the temp files that processes of this host left behind when they died. `names`: the names of each folder,
 * by its path relative to `root`, as a walk gives them. Returns how many were removed. What can't be removed stays.
 */
export function removeStaleTemps(root: string, names: ReadonlyMap<string, Iterable<string>>): number {
  let removed = 0;
  for (const [folder, own] of names) {
    for (const name of own) {
      const maker = tempMaker(name);
      if (maker?.here === true && removeStale(join(root, folder, name), maker.pid)) removed += 1;
    }
  }
  return removed;
}

/** The same for a folder that no walk enters, with all below it; links are not followed. */
export function removeStaleTempsBelow(folder: string): number {
  let removed = 0;
  const queue = [folder];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const names: string[] = [];
    for (const entry of entriesOf(at)) {
      if (entry.isDirectory()) queue.push(join(at, entry.name));
      else names.push(entry.name);
    }
    removed += removeStaleTemps(at, new Map([['', names]]));
  }
  return removed;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isSystemError(error)) return [];
    throw error;
  }
}

function removeStale(path: string, pid: number): boolean {
  try {
    const stats = lstatSync(path);
    if (!stats.isFile() || isAliveSince(pid, stats.mtimeMs)) return false;
    unlinkSync(path);
    return true;
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}
