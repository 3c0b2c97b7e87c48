import { resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import type { InputPath } from '../verbs/jobs/job.ts';
import type { ConfigFile } from './schema.ts';

/** What a job says of where it works. */
export interface InputWish {
  readonly paths?: readonly string[] | undefined;
  readonly recursive?: boolean | undefined;
}

/**
 * The input paths of a job: those it names, or all of type LORA. What the job says of `recursive` beats what a path
 * says. Throws UserError `job-no-input`.
 */
export function inputsOf(config: ConfigFile, name: string, wish: InputWish, cwd: string): InputPath[] {
  const known = Object.entries(config.input_paths ?? {});
  const wanted = wish.paths ?? [];
  const chosen =
    wanted.length > 0
      ? known.filter(([id]) => wanted.includes(id))
      : known.filter(([, { type }]) => type.toUpperCase() === 'LORA');
  if (chosen.length === 0) {
    throw new UserError(
      `The job "${name}" has nowhere to work: it names no paths, and no input path is of type LORA.`,
      {
        code: 'job-no-input',
        next: 'Name entries of input_paths in its paths.',
      },
    );
  }
  return chosen.map(([id, { path, type, patterns, recursive }]) => ({
    id,
    path: resolve(cwd, path),
    type,
    patterns: patterns ?? ['*.safetensors'],
    recursive: wish.recursive ?? recursive ?? true,
  }));
}
