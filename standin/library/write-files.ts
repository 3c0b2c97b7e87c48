import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isSystemError } from '../../src/base/errors.ts';
import { inPool } from '../../src/base/pool.ts';

/** A file to be written. */
export interface PlannedFile {
  /** Relative to the folder, parts joined by `/`. */
  readonly path: string;
  bytes(): Buffer | Promise<Buffer>;
}

/**
 * Writes files below a folder. Those that hold the right bytes already are left alone, dates and all, so that doing it
 * twice is doing it once. Throws system errors.
 */
export async function writeFiles(folder: string, files: readonly PlannedFile[]): Promise<void> {
  const parents = new Set(files.map((file) => dirname(join(folder, file.path))));
  for (const parent of parents) await mkdir(parent, { recursive: true });
  await inPool(files, 16, async (file) => {
    const path = join(folder, file.path);
    const bytes = await file.bytes();
    const held = await readFile(path).catch((error: unknown) => {
      if (isSystemError(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (held?.equals(bytes) !== true) await writeFile(path, bytes);
  });
}
