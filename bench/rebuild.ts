import { join } from 'node:path';
import type { WalkedRoot } from '../src/archive/take-stock.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentProgress } from '../src/base/progress.ts';
import { openCatalog } from '../src/catalog/open.ts';
import type { Deps } from '../src/verbs/deps.ts';
import { galleryPlaces } from '../src/verbs/scanning/galleries.ts';
import { writeGallery } from '../src/verbs/scanning/write-gallery.ts';
import { median } from './result.ts';

/**
 * Milliseconds (median) to write the gallery of a scanned library anew after the name of one model changed: read from
 * the catalog below `home`, written to disk and recorded. Throws when a round wrote nothing.
 */
export async function timeRebuild(home: string, library: string, rounds: number): Promise<number> {
  const catalog = await openCatalog(join(home, 'data/civitarium/catalog.db'), { clock: systemClock });
  try {
    const root = await catalog.db
      .selectFrom('root')
      .selectAll()
      .where('path', '=', library)
      .executeTakeFirstOrThrow();
    const walked = { root, target: { root: library, only: undefined } } as unknown as WalkedRoot;
    const [place] = galleryPlaces([walked], { output: undefined, configured: undefined }, library);
    if (place === undefined) throw new Error('There is no gallery.');
    const deps = {
      clock: systemClock,
      progress: silentProgress,
      settings: { configFolder: home },
      cwd: library,
      hostId: async () => root.host_id,
      signal: new AbortController().signal,
    } as unknown as Deps;
    const shown = await catalog.db
      .selectFrom('choice')
      .innerJoin('version', 'version.id', 'choice.version_id')
      .innerJoin('file', 'file.id', 'choice.file_id')
      .select('version.model_id')
      .where('file.root_id', '=', root.id)
      .executeTakeFirstOrThrow();
    const files = await catalog.db.selectFrom('file').select('path').where('root_id', '=', root.id).execute();
    const pageOf = new Map(
      files.map(({ path }) => [join(library, path), join(library, path.replace(/\.\w+$/, '.html'))]),
    );
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await catalog.write((trx) =>
        trx
          .updateTable('model')
          .set({ name: `Renamed at ${performance.now()}` })
          .where('id', '=', shown.model_id)
          .execute(),
      );
      const begun = performance.now();
      const parts = { pageOf, posters: new Map<string, string>(), ofRun: new Set<number>() };
      const { written } = await writeGallery(deps, catalog, place, parts);
      times.push(performance.now() - begun);
      if (written === 0) throw new Error('The change did not show in the gallery.');
    }
    return median(times);
  } finally {
    await catalog.close();
  }
}
