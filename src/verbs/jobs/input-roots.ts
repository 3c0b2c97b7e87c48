import { realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { isInside } from '../../archive/targets.ts';
import type { Target } from '../../archive/targets.ts';
import { checkRoot } from '../../library/root.ts';
import { inputFinder } from '../scanning/layout-inputs.ts';
import type { LayoutInput } from '../scanning/layout-inputs.ts';
import type { Failure } from '../verb.ts';

export interface InputRoots {
  /** The inputs that are there, each below one of the targets. */
  readonly inputs: readonly LayoutInput[];
  readonly targets: readonly Target[];
  /** Inputs that are not there. */
  readonly problems: readonly Failure[];
}

/**
 * The roots that some inputs mean. One inside another is walked with that, so that every file counts once; which of them
 * a file belongs to is told by its path, folder by folder. Throws UserError when none of them is there.
 */
export function inputRoots(inputs: readonly LayoutInput[]): InputRoots {
  const problems: Failure[] = [];
  const found: { readonly input: LayoutInput; readonly real: string }[] = [];
  let last: UserError | undefined;
  for (const { path, type, patterns, recursive } of inputs) {
    try {
      if (checkRoot(path).kind !== 'folder')
        throw new UserError(`${path} is not a folder.`, { code: 'path-not-model', next: 'Name a folder.' });
      found.push({ input: { path, type, patterns, recursive }, real: realpathSync(path) });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      last = error;
      problems.push({ what: path, code: error.code, why: error.message, next: error.next });
    }
  }
  if (found.length === 0 && last !== undefined) throw last;
  const tops = found.filter(
    ({ real }, at) =>
      !found.some((other) => isInside(other.real, real)) &&
      found.findIndex((other) => other.real === real) === at,
  );
  const placed = found.map(({ input, real }) => {
    const top = tops.find((one) => one.real === real || isInside(one.real, real));
    const inner = top === undefined ? '' : relative(top.real, real);
    return {
      top,
      input:
        top === undefined
          ? input
          : { ...input, path: inner === '' ? top.input.path : join(top.input.path, inner) },
    };
  });
  const own = placed.map((one) => one.input);
  return {
    inputs: own,
    problems,
    targets: tops.map((top) =>
      targetOf(
        top.input.path,
        placed.filter((one) => one.top === top).map((one) => one.input),
        own,
      ),
    ),
  };
}

function targetOf(root: string, inside: readonly LayoutInput[], all: readonly LayoutInput[]): Target {
  const inputOf = inputFinder(all);
  return {
    root,
    only: undefined,
    deep: inside.some((input) => input.recursive || input.path !== root),
    chosen: (path) => inputOf(join(root, path.split('/').join(sep))) !== undefined,
  };
}
