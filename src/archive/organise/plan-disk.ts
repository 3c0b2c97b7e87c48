import { readdirSync } from 'node:fs';
import { isSystemError } from '../../base/errors.ts';
import { MODEL_EXTENSIONS } from '../../formats/model-file.ts';
import { onDisk } from '../../library/disk-path.ts';
import { isSameFile, reachedAt, standingAt } from '../../library/file-identity.ts';
import { sha256Of } from '../../library/sha256-of.ts';
import type { PlanDisk } from './plan.ts';

/** True for a name that a walk takes for a model file. */
export function isModelName(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return dot > 0 && !name.startsWith('._') && MODEL_EXTENSIONS.includes(name.slice(dot).toLowerCase());
}

/**
 * The disk as the planner sees it. `known`: hashes of library files by absolute path, as far as they are known; others
 * are read, and only when sizes are equal.
 */
export function planDisk(known: ReadonlyMap<string, string>, signal: AbortSignal): PlanDisk {
  return {
    isModel: isModelName,
    names: namesIn,
    async holds(path, file) {
      const [there, source] = [standingAt(path), reachedAt(file.path)];
      const reached = there?.kind === 'link' ? reachedAt(path) : there;
      if (reached === undefined || source === undefined) return false;
      if (isSameFile(reached, source)) return true;
      if (there?.kind !== 'file' || source.kind !== 'file' || there.size !== source.size) return false;
      const wanted = file.sha256 ?? (await sha256Of(onDisk(file.path), signal));
      return (known.get(path) ?? (await sha256Of(path, signal))) === wanted;
    },
  };
}

/** The names in a folder; none when it is not there. What stands in the way of a folder shows when it is made. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return [];
    throw error;
  }
}
