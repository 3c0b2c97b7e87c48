import { realpathSync } from 'node:fs';
import { basename, dirname, resolve, sep } from 'node:path';
import { UserError } from '../base/errors.ts';
import { MODEL_EXTENSIONS } from '../formats/model-file.ts';
import { checkRoot } from '../library/root.ts';

/** A root to scan; `only` names single files (relative, base names) when files were given instead of a folder. */
export interface Target {
  /** Absolute. */
  readonly root: string;
  readonly only: ReadonlySet<string> | undefined;
}

/**
 * The roots that some paths mean: folders as they are, files by their folder. A path inside another given path is
 * counted once. Throws UserError for what is missing, unreadable or no model file.
 */
export function resolveTargets(paths: readonly string[], cwd: string): Target[] {
  if (paths.length === 0) {
    throw new UserError('Which folder?', { code: 'no-path', next: 'For example: civitarium scan ~/models' });
  }
  const folders = new Map<string, string>();
  const files = new Map<string, Set<string>>();
  for (const given of paths) {
    const path = resolve(cwd, given);
    const kind = kindOf(path, given);
    if (kind === 'folder') folders.set(realpathSync(path), path);
    else addTo(files, dirname(path), basename(path));
  }
  const roots = [...folders].filter(([real]) => ![...folders.keys()].some((other) => isInside(other, real)));
  const targets: Target[] = roots.map(([, root]) => ({ root, only: undefined }));
  for (const [folder, only] of files) {
    const real = realpathSync(folder);
    if (!roots.some(([root]) => root === real || isInside(root, real))) targets.push({ root: folder, only });
  }
  return targets;
}

/** Looks at a path; a file must be a model file. */
function kindOf(path: string, given: string): 'folder' | 'file' {
  const { kind } = checkRoot(path);
  if (kind === 'folder' || MODEL_EXTENSIONS.some((extension) => path.toLowerCase().endsWith(extension))) return kind;
  throw new UserError(`${given} is not a model file.`, { code: 'path-not-model', next: `Model files end in ${MODEL_EXTENSIONS.join(', ')}.` });
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key) ?? new Set<string>();
  set.add(value);
  map.set(key, set);
}

/** True when `inner` lies below `outer`; both absolute and resolved. */
export function isInside(outer: string, inner: string): boolean {
  return inner !== outer && inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}
