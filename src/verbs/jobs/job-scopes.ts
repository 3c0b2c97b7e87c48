import { dirname, join, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { isInside } from '../../archive/targets.ts';
import type { Target } from '../../archive/targets.ts';
import type { Root } from '../../catalog/root.ts';
import { checkOutput } from '../organising/organise-scope.ts';
import type { OrganiseScope } from '../organising/organise-scope.ts';
import type { OrganiseWish } from './job.ts';

/** Where `output_dir` leads: one folder, or another below each folder of models. */
export type JobOutput =
  | { readonly kind: 'one'; readonly folder: string }
  | { readonly kind: 'each'; readonly inner: readonly string[] };

/** Reads `output_dir`. Throws UserError `bad-template`. */
export function parseOutput({ outputDir }: OrganiseWish, cwd: string): JobOutput {
  const inner = /^\{model_dir\}(?:[/\\](.*))?$/.exec(outputDir.replace(/[/\\]+$/, ''));
  const rest = inner === null ? outputDir : (inner[1] ?? '');
  const segments = rest.split(/[/\\]/).filter((one) => one !== '' && one !== '.');
  if (/[{}]/.test(rest) || (inner !== null && segments.includes('..')))
    throw new UserError(`The folder "${outputDir}" can't be organised into.`, {
      code: 'bad-template',
      next: 'Write {model_dir}/organized, or the path of a folder.',
    });
  return inner === null
    ? { kind: 'one', folder: resolve(cwd, outputDir) }
    : { kind: 'each', inner: segments };
}

/**
 * What of a root is to be organised, and where to. What lies in an output folder was organised already and is left out;
 * `placed` (absolute paths) where organising brought files earlier, which tells the same when files come to lie below
 * their own folder.
 */
export function jobScope(
  root: Root,
  target: Target,
  output: JobOutput,
  placed: ReadonlySet<string>,
  folders: Iterable<string>,
): OrganiseScope {
  const outputOf = (path: string): string => {
    const folder = dirname(join(root.path, path));
    return output.kind === 'one' ? output.folder : join(folder, ...output.inner);
  };
  const isResult = (path: string): boolean =>
    output.kind === 'one'
      ? !isWithin(output.folder, root.path) && isInside(output.folder, join(root.path, path))
      : output.inner.length === 0
        ? placed.has(join(root.path, path))
        : holdsRun(dirname(path).split('/'), output.inner);
  const outputs = new Set([...folders].map((folder) => outputOf(join(folder, 'x'))));
  for (const folder of outputs) checkOutput(folder, root.path);
  return {
    root,
    target,
    outputs: [...outputs],
    outputOf(path) {
      if (target.chosen?.(path) === false || isResult(path)) return undefined;
      return { path: outputOf(path), isApart: !isWithin(outputOf(path), root.path) };
    },
  };
}

/** True when `inner` is `outer` or lies in it. */
function isWithin(outer: string, inner: string): boolean {
  return outer === inner || isInside(outer, inner);
}

/** Whether some names stand next to each other, in this order, among others. */
function holdsRun(names: readonly string[], run: readonly string[]): boolean {
  return names.some((_, start) => run.every((name, at) => names[start + at] === name));
}
