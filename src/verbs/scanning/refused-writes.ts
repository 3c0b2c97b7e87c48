import type { Written } from '../../archive/write-outputs.ts';
import type { Failure } from '../verb.ts';

/** The files that the disk refused, for the result of a run. */
export function refusedWrites({ failures }: Pick<Written, 'failures'>): Failure[] {
  return failures.map(({ path, error }) => ({
    what: path,
    code: error.code,
    why: error.message,
    next: error.next,
  }));
}
