import { realpathSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { UserError } from '../base/errors.ts';
import { MODEL_EXTENSIONS } from '../formats/model-file.ts';
import { checkRoot } from '../library/root.ts';

/** A root to scan; `only` names single files (relative to it, forward slashes) when files were given instead of a folder. */
export interface Target {
  /** Absolute. */
  readonly root: string;
  readonly only: ReadonlySet<string> | undefined;
  /** Whether folders below are walked; when left out, unless single files are named. */
  readonly deep?: boolean;
  /** Which files (relative, forward slashes) the settings mean at all; all when left out. */
  readonly chosen?: ((path: string) => boolean) | undefined;
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
  const files = new Map<string, { readonly folder: string; readonly only: Set<string> }>();
  for (const given of paths) {
    // An empty argument is a variable that nobody set, not the working directory.
    const path = given.trim() === '' ? given : resolve(cwd, given);
    if (kindOf(path, given) === 'folder') {
      folders.set(realpathSync(path), path);
      continue;
    }
    const real = realpathSync(dirname(path));
    const known = files.get(real) ?? { folder: dirname(path), only: new Set() };
    files.set(real, known);
    known.only.add(basename(path));
  }
  const roots = [...folders].filter(([real]) => ![...folders.keys()].some((other) => isInside(other, real)));
  const single = [...files].filter(
    ([real]) => !roots.some(([root]) => root === real || isInside(root, real)),
  );
  return [
    ...roots.map(([, root]) => ({ root, only: undefined })),
    ...single.map(([, { folder, only }]) => ({ root: folder, only })),
  ];
}

/**
 * Single files of a root that is known already count as files of that root, not of one of their own: their pages belong
 * to its gallery, and names and links need the others. `known`: absolute paths of roots; the nearest one is taken.
 */
export function withinKnownRoots(targets: readonly Target[], known: readonly string[]): Target[] {
  const found = new Map<string, Set<string>>();
  const others: Target[] = [];
  for (const target of targets) {
    const root = target.only === undefined ? undefined : nearestRoot(target.root, known);
    if (target.only === undefined || root === undefined) {
      others.push(target);
      continue;
    }
    const only = found.get(root) ?? new Set<string>();
    found.set(root, only);
    const folder = relative(root, target.root).split(sep).filter(Boolean);
    for (const name of target.only) only.add([...folder, name].join('/'));
  }
  return [...others, ...[...found].map(([root, only]) => ({ root, only, deep: true }))];
}

function nearestRoot(folder: string, known: readonly string[]): string | undefined {
  const around = known.filter((root) => root === folder || isInside(root, folder));
  return around.reduce<string | undefined>(
    (nearest, root) => (nearest === undefined || root.length > nearest.length ? root : nearest),
    undefined,
  );
}

/** Looks at a path; a file must be a model file. */
function kindOf(path: string, given: string): 'folder' | 'file' {
  const { kind } = checkRoot(path);
  if (kind === 'folder' || MODEL_EXTENSIONS.some((extension) => path.toLowerCase().endsWith(extension)))
    return kind;
  throw new UserError(`${given} is not a model file.`, {
    code: 'path-not-model',
    next: `Model files end in ${MODEL_EXTENSIONS.join(', ')}.`,
  });
}

/** True when `inner` lies below `outer`; both absolute and resolved. */
export function isInside(outer: string, inner: string): boolean {
  return inner !== outer && inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}
