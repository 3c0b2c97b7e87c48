import { basename } from 'node:path';
import { isInside } from '../../archive/targets.ts';
import { anyOf } from '../../library/glob.ts';

/** A folder of models of one type. */
export interface LayoutInput {
  /** Absolute. */
  readonly path: string;
  readonly type: string;
  /** Globs for file names, or for paths relative to the folder when they hold a slash. */
  readonly patterns: readonly string[];
  readonly recursive: boolean;
}

/** The type of a file that lies in no input. */
export const NO_TYPE = 'Unknown';

/** Which input a model file (absolute path) belongs to: the innermost that means it; `undefined` for none. */
export function inputFinder<Found extends LayoutInput>(
  inputs: readonly Found[],
): (path: string) => Found | undefined {
  const innermost = inputs
    .map((input) => ({ input, matches: anyOf(input.patterns) }))
    .toSorted((one, other) => other.input.path.length - one.input.path.length);
  return (path) =>
    innermost.find(({ input, matches }) => {
      if (!isInside(input.path, path)) return false;
      const inner = path.slice(input.path.length).replaceAll('\\', '/').replace(/^\//, '');
      return (
        (input.recursive || inner === basename(inner)) && (input.patterns.length === 0 || matches(inner))
      );
    })?.input;
}
