import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { posterMaker } from '../../archive/posters.ts';
import { thumbName } from '../../archive/thumbnails.ts';
import { writeOutputs } from '../../archive/write-outputs.ts';
import type { Output } from '../../archive/write-outputs.ts';
import type { CollectedImage } from '../../catalog/collected-image.ts';
import { filmsOf } from '../../catalog/film.ts';
import type { FilmRow } from '../../catalog/film.ts';
import type { Catalog } from '../../catalog/open.ts';
import { outputsOf } from '../../catalog/output.ts';
import { boundsOf } from '../../library/inside.ts';
import type { Deps } from '../deps.ts';
import { collectedIn } from './collected-in.ts';
import type { GalleryPlace } from './galleries.ts';
import type { FilesWritten } from './library-job.ts';
import { refusedWrites } from './refused-writes.ts';

export interface Posters extends FilesWritten {
  /** Film path to still, both absolute. */
  readonly byFilm: ReadonlyMap<string, string>;
  /** Library files of which a film got a still. */
  readonly touched: readonly number[];
}

/** Makes the stills that a gallery and its pages lack of the films they show. They are named by the hash of their film, as thumbnails are. */
export async function writePosters(
  deps: Deps,
  catalog: Catalog,
  place: GalleryPlace,
  online: boolean,
): Promise<Posters> {
  const rootIds = [...place.roots.map(({ root }) => root.id), ...place.others.map((root) => root.id)];
  const byStill = new Map<string, FilmRow[]>();
  const collected = await collectedIn(catalog, await deps.hostId(), place);
  const films = [...(await filmsOf(catalog.db, rootIds)), ...collected.flatMap(filmOf)];
  for (const film of films) {
    const still = join(place.files, 'thumbs', thumbName(film.sha256));
    byStill.set(still, [...(byStill.get(still) ?? []), film]);
  }
  const done = (await outputsOf(catalog.db, { paths: byStill.keys() })).filter(
    (row) => row.done_sha256 !== null,
  );
  const there = new Set(done.flatMap(({ path }) => (existsSync(path) ? [path] : [])));
  const missing = new Map([...byStill].filter(([still]) => !there.has(still)));
  const made = new Set<string>();
  const written = missing.size === 0 ? NOTHING : await makeAll(deps, catalog, place, missing, online, made);
  const stands = [...byStill].filter(([still]) => there.has(still) || made.has(still));
  return {
    ...written,
    byFilm: new Map(stands.flatMap(([still, films]) => films.map(({ path }) => [path, still] as const))),
    touched: [...made].flatMap((still) => (missing.get(still) ?? []).flatMap((film) => film.file_id ?? [])),
  };
}

/** An image that was fetched for its own sake, when it is a film. */
function filmOf({ media, path, sha256, url }: CollectedImage): FilmRow[] {
  return media === 'video' ? [{ file_id: null, path, sha256, url }] : [];
}

const NOTHING: FilesWritten = { written: 0, warnings: [], failures: [] };

async function makeAll(
  deps: Deps,
  catalog: Catalog,
  place: GalleryPlace,
  missing: ReadonlyMap<string, readonly FilmRow[]>,
  online: boolean,
  made: Set<string>,
): Promise<FilesWritten> {
  const { apiUrl } = deps.settings;
  const send = online ? (await deps.net()).send : undefined;
  const make = posterMaker({ send, apiUrl, signal: deps.signal });
  const phase = deps.progress.phase('Stills', missing.size, 'images');
  async function* outputs(): AsyncGenerator<Output> {
    for (const [path, [film]] of missing) {
      const bytes = film === undefined ? undefined : await make(film);
      phase.advance(1);
      if (bytes === undefined) continue;
      made.add(path);
      yield { path, kind: 'thumb', rootId: undefined, fileId: undefined, bytes };
    }
  }
  const done = await writeOutputs(catalog, outputs(), {
    now: () => deps.clock.now(),
    bounds: boundsOf(place.folder),
  });
  phase.end();
  for (const path of [...done.foreign, ...done.failures.map((failure) => failure.path)]) made.delete(path);
  return { written: done.written, warnings: [], failures: refusedWrites(done) };
}
