import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError, UserError } from '../base/errors.ts';
import { isRecord, parseJson } from '../base/json.ts';
import { DATA_MANAGER_FLAGS } from './data-manager-flags.ts';
import type { FlagValues } from './data-manager-flags.ts';

/** More than this is no list of flags. */
const MOST_BYTES = 65_536;

/** What `config.json` of a folder says in Civitai Data Manager's words. */
export interface DataManagerConfig {
  readonly values: FlagValues;
  /** Keys that are none of its flags. */
  readonly unknown: readonly string[];
}

/**
 * Reads `config.json` of a folder (absolute). `undefined` when there is none, or it belongs to another program: many
 * programs call a file of theirs so. Throws UserError `config-invalid` for what is no JSON and for a value that its flag
 * can't have.
 */
export function readDataManagerConfig(folder: string): DataManagerConfig | undefined {
  const path = join(folder, 'config.json');
  const text = readSmall(path);
  const value = text === undefined ? undefined : parsed(text, path);
  if (!isRecord(value)) return undefined;
  const keys = Object.keys(value);
  const known = keys.filter((key) => DATA_MANAGER_FLAGS.has(key));
  if (known.length === 0) return undefined;
  const values = new Map<string, string | number | boolean>();
  for (const key of known) {
    const said = value[key];
    if (said === null || said === '') continue;
    if (!fits(key, said))
      throw new UserError(`"${key}" in ${path} has a value that it can't have.`, {
        code: 'config-invalid',
        next: 'Paths are texts, flags are true or false. --noconfig leaves the file out.',
      });
    values.set(key, said);
  }
  return { values, unknown: keys.filter((key) => !DATA_MANAGER_FLAGS.has(key)) };
}

function parsed(text: string, path: string): unknown {
  try {
    return parseJson(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new UserError(`${path} is no JSON.`, {
      code: 'config-invalid',
      next: 'Mend it, or leave it out with --noconfig.',
      cause,
    });
  }
}

function fits(key: string, value: unknown): value is string | number | boolean {
  if (key === 'all' || key === 'single' || key === 'output')
    return typeof value === 'string' && !value.includes('\0');
  if (key === 'images' && (typeof value === 'string' || typeof value === 'number'))
    return /^(?:first|all|none|\d{1,6})$/.test(String(value));
  return typeof value === 'boolean';
}

function readSmall(path: string): string | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= MOST_BYTES ? readFileSync(path, 'utf8') : undefined;
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}
