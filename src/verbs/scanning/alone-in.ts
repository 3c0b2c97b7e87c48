import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { holdFolders } from '../../archive/hold-folders.ts';
import type { Deps } from '../deps.ts';

/**
 * Does work that writes into some folders (absolute) while no other run does: a second one waits, says so, and then
 * finds most of its work done. Under `--dry-run` nothing is written, and nobody waits.
 */
export async function aloneIn<T>(deps: Deps, folders: readonly string[], work: () => Promise<T>): Promise<T> {
  if (deps.settings.dryRun) return await work();
  const release = await holdFolders(folders, {
    lockFolder: join(deps.settings.stateFolder, 'locks'),
    signal: deps.signal,
    onWait: (folder) => deps.progress.note(`Another run is at work in ${folder}; waiting for its end.`),
    onTrouble: (folder, cause) =>
      deps.log.warn('A folder could not be locked.', { folder, why: messageOf(cause) }),
  });
  try {
    return await work();
  } finally {
    release();
  }
}
