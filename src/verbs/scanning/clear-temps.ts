import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { isCutShort } from '../../archive/take-stock.ts';
import { isSystemError } from '../../base/errors.ts';
import { removeStaleTemps, removeStaleTempsBelow } from '../../library/stale-temps.ts';
import type { GalleryPlace } from './galleries.ts';
import type { RootJob } from './library-job.ts';

/** Removes the temp files that killed runs left in the roots and wherever else these jobs write. */
export function clearTemps(jobs: readonly RootJob[], places: readonly GalleryPlace[]): void {
  for (const { walked } of jobs) removeStaleTemps(walked.target.root, walked.walk.names);
  // Where no walk goes it takes a look at every file, so it is done only when a run was cut short.
  const cut = jobs.filter((job) => isCutShort(job.walked));
  const folders = new Set(
    cut
      .filter((job) => job.naming.profile === 'collected')
      .flatMap((job) => job.files.map((file) => dirname(job.naming.info(file).path))),
  );
  for (const place of places) {
    if (!place.roots.some(isCutShort)) continue;
    folders.add(place.folder);
    removeStaleTempsBelow(place.files);
  }
  for (const folder of folders) removeStaleTemps(folder, new Map([['', namesIn(folder)]]));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isSystemError(error)) return [];
    throw error;
  }
}
