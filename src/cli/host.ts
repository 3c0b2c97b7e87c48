import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError, messageOf, UserError } from '../base/errors.ts';

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * This machine's random id, kept in the state folder; a network name or address would change. Not kept under
 * `--dry-run`: a new one is then good for this run alone. Throws UserError `state-unwritable`.
 */
export function readHostId(stateFolder: string, options: { readonly keep: boolean }): string {
  const path = join(stateFolder, 'host-id');
  const known = read(path);
  if (known !== undefined) return known;
  const id = randomUUID();
  if (!options.keep) return id;
  try {
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
    return claim(path, id);
  } catch (error) {
    throw new UserError(`The folder ${stateFolder} can't be written: ${messageOf(error)}`, {
      code: 'state-unwritable',
      next: 'Give your user the right to write there, or set XDG_STATE_HOME to another folder.',
      cause: error,
    });
  }
}

/** Of several processes that start at once the first gives the id; rubbish is replaced. */
function claim(path: string, id: string): string {
  try {
    writeFileSync(path, `${id}\n`, { flag: 'wx' });
    return id;
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
    const present = read(path);
    if (present === undefined) writeFileSync(path, `${id}\n`);
    return present ?? id;
  }
}

/** The id in the file; `undefined` when there is none or it holds anything else. */
function read(path: string): string | undefined {
  try {
    const id = readFileSync(path, 'utf8').trim();
    return ID.test(id) ? id : undefined;
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw new UserError(`${path} can't be read: ${messageOf(error)}`, {
      code: 'state-unreadable',
      next: 'Check its owner and permissions.',
      cause: error,
    });
  }
}
