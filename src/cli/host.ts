import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * Of several processes that start at once the first gives the id. It appears whole or not at all: a file written in place
 * would be empty for a moment, and taken for rubbish.
 */
function claim(path: string, id: string): string {
  const mine = `${path}.${id}`;
  writeFileSync(mine, `${id}\n`);
  try {
    return linkFirst(mine, path, id) ?? replaceRubbish(mine, path, id);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Puts our file at a path where none is. The id that counts then; `undefined` when rubbish is there. */
function linkFirst(mine: string, path: string, id: string): string | undefined {
  try {
    linkSync(mine, path);
    return id;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return read(path);
    // A file system without hard links.
    if (!isSystemError(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
    if (!existsSync(path)) renameSync(mine, path);
    return read(path);
  }
}

/** All who find rubbish agree on one id beside it, and each puts that in its place. */
function replaceRubbish(mine: string, path: string, id: string): string {
  const next = `${path}.next`;
  const agreed = linkFirst(mine, next, id) ?? id;
  const meanwhile = read(path);
  if (meanwhile === undefined) {
    // Never through the link that the others read.
    if (agreed !== id) writeFileSync(mine, `${agreed}\n`);
    renameSync(mine, path);
  }
  rmSync(next, { force: true });
  return meanwhile ?? agreed;
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
