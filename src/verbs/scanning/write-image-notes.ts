import { missingImageNotes } from '../../archive/records/image-notes.ts';
import { writeOutputs } from '../../archive/write-outputs.ts';
import type { Catalog } from '../../catalog/open.ts';
import { boundsOf } from '../../library/inside.ts';
import type { Deps } from '../deps.ts';
import type { FilesWritten } from './library-job.ts';
import { refusedWrites } from './refused-writes.ts';

export interface ImageNotesWritten extends FilesWritten {
  /** Previews that were looked at. */
  readonly previews: number;
}

/** Writes what is known of previews that another program left in an output folder (absolute) beside them. Nobody is asked. */
export async function writeImageNotes(
  deps: Deps,
  catalog: Catalog,
  folder: string,
): Promise<ImageNotesWritten> {
  const rows = await catalog.db.selectFrom('output').select('path').where('kind', '=', 'preview').execute();
  const ours = new Set(rows.map((row) => row.path));
  const { previews, notes, damaged } = await missingImageNotes(folder, (path) => ours.has(path), deps.signal);
  const failures = damaged.map(({ path, code, why }) => ({ what: path, code, why }));
  if (deps.settings.dryRun) return { previews, written: notes.length, warnings: [], failures };
  const done = await writeOutputs(
    catalog,
    notes.map(({ path, text }) => ({
      path,
      kind: 'info' as const,
      rootId: undefined,
      fileId: undefined,
      bytes: text,
    })),
    { now: () => deps.clock.now(), bounds: boundsOf(folder) },
  );
  return { previews, written: done.written, warnings: [], failures: [...failures, ...refusedWrites(done)] };
}
