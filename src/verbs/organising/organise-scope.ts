import { basename, dirname, relative, resolve } from 'node:path';
import { lstatSync } from 'node:fs';
import { UserError } from '../../base/errors.ts';
import type { OutputFolder } from '../../archive/organise/gather.ts';
import { isInside, resolveTargets } from '../../archive/targets.ts';
import type { Target } from '../../archive/targets.ts';
import type { Root } from '../../catalog/root.ts';

/** A root of which something is to be organised, and where each of its files goes. */
export interface OrganiseScope {
  readonly root: Root;
  /** How it is walked; whole when left out. */
  readonly target?: Target;
  outputOf(path: string): OutputFolder | undefined;
  /** Absolute. */
  readonly outputs: readonly string[];
}

const DEFAULT_NAME = 'organized';

/**
 * Which roots the given paths mean and where their files go: `--output`, or `organized` in the folder that was given. A
 * folder that lies in an `organized` folder is organised within that one, not into another inside it. Throws UserError.
 */
export function scopesOf(
  known: readonly Root[],
  paths: readonly string[],
  output: string | undefined,
  cwd: string,
): OrganiseScope[] {
  if (paths.length === 0)
    throw new UserError('Which folder?', {
      code: 'no-path',
      next: 'For example: civitarium organize ~/models',
    });
  const byRoot = new Map<Root, { target: Target; folder: OutputFolder }[]>();
  for (const target of resolveTargets(paths, cwd)) {
    const root = rootFor(known, target.root);
    const path = output === undefined ? defaultOutput(root.path, target.root) : resolve(cwd, output);
    checkOutput(path, root.path);
    const folder = { path, isApart: path !== target.root && !isInside(path, target.root) };
    byRoot.set(root, [...(byRoot.get(root) ?? []), { target, folder }]);
  }
  return [...byRoot].map(([root, parts]) => ({
    root,
    outputs: parts.map((part) => part.folder.path),
    outputOf: (path) => parts.find(({ target }) => isMeant(target, root.path, path))?.folder,
  }));
}

function rootFor(known: readonly Root[], path: string): Root {
  const around = known.filter((one) => one.path === path || isInside(one.path, path));
  const found = around.sort((a, b) => b.path.length - a.path.length)[0];
  if (found !== undefined) return found;
  throw new UserError(`${path} was never scanned.`, {
    code: 'not-scanned',
    next: `civitarium scan ${path} comes first: it tells which model each file is.`,
  });
}

function defaultOutput(root: string, folder: string): string {
  for (let at = folder; at !== root && isInside(root, at); at = dirname(at))
    if (basename(at) === DEFAULT_NAME) return at;
  return `${folder.replace(/\/$/, '')}/${DEFAULT_NAME}`;
}

/** A folder that no scan enters would make the files vanish from the library. */
export function checkOutput(output: string, root: string): void {
  const stats = lstatSync(output, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isDirectory() && !stats.isSymbolicLink()) {
    throw new UserError(`${output} is not a folder.`, {
      code: 'bad-output',
      next: 'Name another folder with --output.',
    });
  }
  const names = isInside(root, output) ? relative(root, output).split('/') : [basename(output)];
  const hidden = names.find((name) => name.startsWith('.') || name === 'gallery.files');
  if (hidden === undefined) return;
  throw new UserError(`${output} can't be used: no scan looks into ${hidden}.`, {
    code: 'bad-output',
    next: 'Name another folder with --output.',
  });
}

/** True when a file of a root (path relative to it) is among what a target means. */
function isMeant({ root: folder, only }: Target, root: string, path: string): boolean {
  const inner = folder === root ? '' : `${folder.slice(root.replace(/\/$/, '').length + 1)}/`;
  if (!path.startsWith(inner)) return false;
  return only === undefined || only.has(path.slice(inner.length));
}
