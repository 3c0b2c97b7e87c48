import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';

/** Where a configuration was found and what stands in it, not yet checked. */
export interface ConfigText {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

export interface ConfigSearch {
  /** `-c FILE`; must exist. */
  readonly given: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The user's folder of configuration, absolute. */
  readonly folder: string;
}

/**
 * Finds the configuration: `-c`, `CIVITARIUM_CONFIG`, `./civitarium.yaml`, the user's folder; `undefined` when there is
 * none. Throws UserError (`config-missing`) when a file that was asked for by name is not there.
 */
export function findConfig(search: ConfigSearch): ConfigText | undefined {
  const named = search.given ?? search.env['CIVITARIUM_CONFIG'];
  if (named !== undefined && named !== '') {
    const path = resolve(search.cwd, named);
    if (!existsSync(path)) {
      throw new UserError(`The configuration file ${path} does not exist.`, {
        code: 'config-missing',
        next: 'Check the path given with -c or CIVITARIUM_CONFIG.',
      });
    }
    return read(path);
  }
  const places = [
    join(search.cwd, 'civitarium.yaml'),
    join(search.cwd, 'civitarium.yml'),
    join(search.folder, 'config.yaml'),
  ];
  const path = places.find((place) => existsSync(place));
  return path === undefined ? undefined : read(path);
}

function read(path: string): ConfigText {
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    throw new UserError(`The configuration file ${path} can't be read.`, {
      code: 'config-unreadable',
      cause: error,
    });
  }
}
