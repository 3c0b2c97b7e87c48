import { existsSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { boundsOf } from '../../library/inside.ts';
import { placeAll } from '../../library/place.ts';
import type { Deps } from '../deps.ts';
import { listOption } from '../option.ts';
import type { Input } from '../option.ts';

/** Files that a run is to write, absolute. */
export type OutputFile = { readonly path: string; readonly ending: string };

/**
 * The files of --output, checked before the work begins. What stands there is written over only after a yes. Throws
 * UserError `bad-argument` and `output-there`.
 */
export async function outputFiles(
  deps: Deps,
  input: Input,
  endings: readonly string[],
): Promise<OutputFile[]> {
  const files = listOption(input, 'output').map((given) => ({
    path: resolve(deps.cwd, given),
    ending: extname(given).toLowerCase(),
  }));
  for (const { path, ending } of files) {
    if (!endings.includes(ending))
      throw new UserError(`${path} ends in none of ${endings.join(', ')}.`, { code: 'bad-argument' });
    if (deps.settings.dryRun || !existsSync(path)) continue;
    if (await deps.terminal.confirm(`${path} is there already. Write over it?`)) continue;
    throw new UserError(`${path} is there already.`, {
      code: 'output-there',
      next: 'Name another file, or give --yes to write over it.',
    });
  }
  return files;
}

/** Writes a file, whole or not at all. */
export async function writeOutput(path: string, text: string): Promise<void> {
  const [placed] = await placeAll([{ path, bytes: text }], { bounds: boundsOf(dirname(path)) });
  if (placed?.error !== undefined) throw placed.error;
}
