import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PlannedStep } from '../../catalog/journal.ts';
import { shownPath } from '../../library/disk-path.ts';
import { standingAt } from '../../library/file-identity.ts';
import type { OrganiseMode, PlannedGroup } from './plan.ts';

/**
 * The steps of a plan, in the order in which they are taken: folders that are not there, then each model file followed by
 * what travels with it. `rootIdOf`: the root in which a file (absolute) will count.
 */
export function stepsFor(
  groups: readonly PlannedGroup[],
  mode: OrganiseMode,
  rootIdOf: (group: PlannedGroup) => number,
): PlannedStep[] {
  const steps: PlannedStep[] = [];
  for (const group of groups) {
    const { file, target, companions } = group;
    const common = { file_id: file.fileId, source_root_id: file.rootId, target_root_id: rootIdOf(group) };
    steps.push({
      ...common,
      op: mode,
      role: 'model',
      source: file.path,
      target,
      size: file.size,
      mtime_ns: file.mtimeNs,
      inode: file.inode,
      sha256: file.sha256 ?? null,
    });
    for (const { from, to } of companions) {
      const now = standingAt(from);
      if (now?.kind !== 'file') continue;
      // A note is small and belongs to its place: beside a link it is a file of its own.
      const op = mode === 'symlink' || mode === 'hardlink' ? 'copy' : mode;
      steps.push({
        ...common,
        op,
        role: 'companion',
        source: from,
        target: to,
        size: now.size,
        mtime_ns: now.mtimeNs,
        inode: now.inode,
        sha256: null,
      });
    }
  }
  return [...folderSteps(groups, rootIdOf), ...steps];
}

/** The folders that will be made, outer ones first, so that an undo can take them away again. */
function folderSteps(
  groups: readonly PlannedGroup[],
  rootIdOf: (group: PlannedGroup) => number,
): PlannedStep[] {
  const missing = new Map<string, number>();
  const looked = new Set<string>();
  for (const group of groups) {
    for (let at = dirname(shownPath(group.target)); !looked.has(at); at = dirname(at)) {
      looked.add(at);
      if (existsSync(at)) break;
      missing.set(at, rootIdOf(group));
    }
  }
  return [...missing]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([target, rootId]) => ({
      op: 'mkdir',
      role: 'folder',
      file_id: 0,
      source: '',
      target,
      source_root_id: rootId,
      target_root_id: rootId,
      size: 0,
      mtime_ns: '0',
      inode: '0',
      sha256: null,
    }));
}
