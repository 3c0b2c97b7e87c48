import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';

/** Where a configuration was found and what stands in it, not yet checked. */
export interface ConfigText {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** A file that says of `api` what this one does not. */
  readonly fallback?: ConfigText | undefined;
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
 * Finds the configuration: `-c`, `CIVITARIUM_CONFIG`, `./civitarium.yaml`, the user's folder, then where CivitScraper
 * looks; `undefined` when there is none. Throws UserError (`config-missing`) when a file that was asked for by name is
 * not there.
 */
export function findConfig(search: ConfigSearch): ConfigText | undefined {
  const found = findNamed(search) ?? findOwn(search) ?? findTheirs(search);
  return found === undefined ? undefined : withFallback(found, search.cwd);
}

function findNamed({ given, env, cwd }: ConfigSearch): ConfigText | undefined {
  const named = given ?? env['CIVITARIUM_CONFIG'];
  if (named === undefined || named === '') return undefined;
  const path = resolve(cwd, named);
  if (existsSync(path)) return read(path);
  throw new UserError(`The configuration file ${path} does not exist.`, {
    code: 'config-missing',
    next: 'Check the path given with -c or CIVITARIUM_CONFIG.',
  });
}

function findOwn({ cwd, folder }: ConfigSearch): ConfigText | undefined {
  const places = [join(cwd, 'civitarium.yaml'), join(cwd, 'civitarium.yml'), join(folder, 'config.yaml')];
  const path = places.find((place) => existsSync(place));
  return path === undefined ? undefined : read(path);
}

/** CivitScraper's places; files of these names belong to many programs. */
function findTheirs({ env, cwd }: ConfigSearch): ConfigText | undefined {
  const home = env['HOME'] ?? env['USERPROFILE'];
  const named = env['CIVITSCRAPER_CONFIG'];
  const places = [
    ...(named === undefined || named === '' ? [] : [resolve(cwd, named)]),
    join(cwd, 'civitscraper.yaml'),
    join(cwd, 'civitscraper.yml'),
    join(cwd, 'config', 'default.yaml'),
    ...(home === undefined
      ? []
      : [join(home, '.config', 'civitscraper', 'config.yaml'), join(home, '.civitscraper.yaml')]),
  ];
  return places.map(tryRead).find((file) => file !== undefined && isTheirs(file.text));
}

/** A file with jobs takes what it does not say of `api` from CivitScraper's default configuration. */
function withFallback(found: ConfigText, cwd: string): ConfigText {
  const path = join(cwd, 'config', 'default.yaml');
  if (found.path === path || !isTheirs(found.text)) return found;
  const fallback = tryRead(path);
  return fallback !== undefined && isTheirs(fallback.text) ? { ...found, fallback } : found;
}

/** Told by its text, so that a file with a fault is found and the fault told. */
function isTheirs(text: string): boolean {
  return /^["']?(?:jobs|input_paths)["']?[ \t]*:/m.test(text);
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

function tryRead(path: string): ConfigText | undefined {
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch {
    return undefined;
  }
}
