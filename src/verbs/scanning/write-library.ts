import { isAbsolute, resolve } from 'node:path';
import type { SourceError } from '../../base/errors.ts';
import { removeOutputs } from '../../archive/organise/remove-outputs.ts';
import { takeNotes } from '../../archive/sidecar-notes.ts';
import { recordPlacedPreviews } from '../../archive/place-previews.ts';
import type { WalkedRoot } from '../../archive/take-stock.ts';
import type { Catalog } from '../../catalog/open.ts';
import { outdatePages } from '../../catalog/relocate.ts';
import { rootsOf } from '../../catalog/root.ts';
import type { Root } from '../../catalog/root.ts';
import { indexFiles } from '../../catalog/search.ts';
import type { Deps } from '../deps.ts';
import type { Failure } from '../verb.ts';
import { clearTemps } from './clear-temps.ts';
import { imagesBehind } from './collected-in.ts';
import { galleryPlaces } from './galleries.ts';
import { collectedIn, pagesOfRoots } from './roots-collected-in.ts';
import { rootJobs } from './root-jobs.ts';
import { placedAnew, relatedFiles, withoutOutputs } from './stale-outputs.ts';
import { claimImported } from './imported-pictures.ts';
import type { GalleryPlace } from './galleries.ts';
import type { FilesWritten, LibraryJob, RootJob } from './library-job.ts';
import { writeCollected } from './write-collected.ts';
import { galleryStands, isShownElsewhere } from './gallery-stands.ts';
import { writeGallery } from './write-gallery.ts';
import { writeLists } from './write-lists.ts';
import { writeInfos } from './write-infos.ts';
import { pagePaths, writePages } from './write-pages.ts';
import { renewRootSidecars, writeRootSidecars } from './write-sidecars.ts';
import { isSortedSo } from './settle.ts';
import { otherNames } from './unused-outputs.ts';
import { writePosters } from './write-posters.ts';
import { bringPreviews } from './bring-previews.ts';

export interface LibraryWritten {
  readonly previews: number;
  readonly previewBytes: number;
  /** Previews held in all. */
  readonly images: number;
  /** Pages looked at, and those of them that were written or refused. */
  readonly pages: number;
  readonly pagesWritten: number;
  readonly pagesFailed: number;
  /** Files written in all. */
  readonly written: number;
  readonly galleries: readonly string[];
  readonly warnings: readonly string[];
  readonly failures: readonly Failure[];
  readonly stopped: SourceError | undefined;
}

export const NOTHING_WRITTEN: LibraryWritten = {
  previews: 0,
  previewBytes: 0,
  images: 0,
  pages: 0,
  pagesWritten: 0,
  pagesFailed: 0,
  written: 0,
  galleries: [],
  warnings: [],
  failures: [],
  stopped: undefined,
};

/** Writes what belongs beside the models and the galleries: previews, sidecars, pages, in this order. */
export async function writeLibrary(deps: Deps, catalog: Catalog, job: LibraryJob): Promise<LibraryWritten> {
  const others = await othersShown(deps, catalog, job);
  const places = galleryPlaces(job.roots, job.request, deps.cwd, others);
  const recorded = await recordLeftPreviews(deps, catalog, job.roots);
  const asFound = await rootJobs(catalog, job, deps.cwd);
  const claimed = await claimImported(catalog, asFound);
  const before = claimed.length > 0 ? await rootJobs(catalog, job, deps.cwd) : asFound;
  clearTemps(before, places);
  const total: Total = { written: 0, warnings: [], failures: [] };
  // Before the long work, so that a run that is cut short has said what it knows.
  await addLists(deps, catalog, job, others, total);
  const previews = await bringPreviews(deps, catalog, before, job);
  const jobs = previews.fetched > 0 ? await rootJobs(catalog, job, deps.cwd) : before;
  const posters = new Map<string, string>();
  const filmed: number[] = [];
  for (const place of places) {
    const made = addTo(
      total,
      await writePosters(deps, catalog, place, job.online && previews.stopped === undefined),
    );
    for (const [film, still] of made.byFilm) posters.set(film, still);
    filmed.push(...made.touched);
  }
  const touched = new Set([
    ...job.touched,
    ...filmed,
    ...recorded,
    ...claimed,
    ...previews.touched,
    ...withoutOutputs(before),
    ...placedAnew(before, job.request),
  ]);
  const noteWarnings = await takeAllNotes(deps, catalog, jobs, touched);
  const ofRun = new Set(touched);
  for (const fileId of await relatedFiles(catalog, touched)) touched.add(fileId);
  await indexFiles(catalog, [...touched]);
  total.written += previews.fetched;
  total.failures.push(...previews.failures);
  total.warnings.push(...noteWarnings);
  const pageOf = new Map([
    ...(await pagesOfRoots(catalog, others)),
    ...jobs.flatMap((root) => [...pagePaths(root)]),
  ]);
  const pages = await writeNotes(deps, catalog, jobs, { job, touched, pageOf, posters }, total);
  // Counters change all the time: they alone are no reason to write galleries.
  const isNews =
    touched.size > 0 ||
    total.written > 0 ||
    [...job.stocks.values()].some((stock) => stock.gone > 0) ||
    !job.roots.every((root) => isSortedSo(root, deps.settings));
  const galleries = await writeGalleries(deps, catalog, { places, pageOf, posters, ofRun, isNews }, total);
  return {
    ...total,
    ...pages,
    previews: previews.fetched,
    previewBytes: previews.bytes,
    images: previews.held,
    galleries,
    stopped: previews.stopped,
  };
}

/** The roots beside those of the run that its gallery shows: collected in one folder, or of the job that named one page. */
async function othersShown(deps: Deps, catalog: Catalog, job: LibraryJob): Promise<Root[]> {
  const { profile, output, configured } = job.request;
  const isOther = ({ id }: Root): boolean => !job.roots.some(({ root }) => root.id === id);
  const known = async (): Promise<Root[]> => await rootsOf(catalog.db, await deps.hostId());
  if (profile === 'collected' && output !== undefined)
    return collectedIn(await known(), resolve(deps.cwd, output)).filter(isOther);
  if (!isAbsolute(configured?.names.gallery?.path ?? '')) return [];
  const inputs = new Set(configured?.inputs.map(({ path }) => path));
  return (await known()).filter((root) => inputs.has(root.path) && isOther(root));
}

/** The lists of the output folder, where models are collected. */
async function addLists(
  deps: Deps,
  catalog: Catalog,
  { request, roots }: LibraryJob,
  others: readonly Root[],
  total: Total,
): Promise<void> {
  if (request.profile !== 'collected' || request.output === undefined) return;
  const ids = [...roots.map(({ root }) => root.id), ...others.map((root) => root.id)];
  addTo(total, await writeLists(deps, catalog, resolve(deps.cwd, request.output), ids));
}

/** Reads what other programs noted; files of which something is new are touched by it. */
async function takeAllNotes(
  deps: Deps,
  catalog: Catalog,
  jobs: readonly RootJob[],
  touched: Set<number>,
): Promise<string[]> {
  const warnings: string[] = [];
  for (const root of jobs) {
    const { meant: files, outputs } = root;
    const noted = await takeNotes(catalog, root.walked, { files, outputs, touched }, deps.clock.now());
    for (const fileId of noted.changed) touched.add(fileId);
    warnings.push(...noted.warnings);
  }
  return warnings;
}

interface NotesWork {
  readonly job: LibraryJob;
  readonly touched: ReadonlySet<number>;
  readonly pageOf: Map<string, string>;
  /** Film path to still, both absolute. */
  readonly posters: ReadonlyMap<string, string>;
}

async function writeNotes(
  deps: Deps,
  catalog: Catalog,
  jobs: readonly RootJob[],
  { job, touched, pageOf, posters }: NotesWork,
  total: Total,
): Promise<Pick<LibraryWritten, 'pages' | 'pagesWritten' | 'pagesFailed'>> {
  const pages = { pages: 0, pagesWritten: 0, pagesFailed: 0 };
  for (const root of jobs) {
    // Before pages are written, which show what is on record; until then they count as out of date.
    const previews = otherNames(root, touched).filter(({ kind }) => kind === 'preview');
    if (previews.length > 0)
      await catalog.write((trx) =>
        outdatePages(
          trx,
          previews.flatMap(({ file_id: id }) => id ?? []),
        ),
      );
    await removeOutputs(catalog, previews);
    addTo(total, await writeInfos(deps, catalog, root, touched));
    addTo(total, await writeCollected(deps, catalog, root, touched));
    addTo(total, await renewRootSidecars(deps, catalog, root));
    addTo(total, await writeRootSidecars(deps, catalog, root, touched, job.sidecars ?? []));
    const paged = addTo(
      total,
      await writePages(deps, catalog, root, { touched, pageOf, posters }, job.request),
    );
    pages.pages += paged.pages;
    pages.pagesWritten += paged.written;
    pages.pagesFailed += paged.failures.length;
    if (paged.failures.length === 0)
      await removeOutputs(
        catalog,
        otherNames(root, touched).filter(({ kind }) => kind !== 'preview'),
      );
  }
  return pages;
}

interface GalleryWork {
  readonly places: readonly GalleryPlace[];
  readonly pageOf: ReadonlyMap<string, string>;
  readonly posters: ReadonlyMap<string, string>;
  /** The files that the run is about. */
  readonly ofRun: ReadonlySet<number>;
  readonly isNews: boolean;
}

/** Writes the galleries that are not as they should be; gives where all of them are. */
async function writeGalleries(
  deps: Deps,
  catalog: Catalog,
  { places, pageOf, posters, ofRun, isNews }: GalleryWork,
  total: Total,
): Promise<string[]> {
  const galleries: string[] = [];
  const hostId = await deps.hostId();
  for (const place of places) {
    const hasImages = place.hasPage && (await imagesBehind(catalog, hostId, place));
    const isBehind = isNews || hasImages;
    if (!hasImages && (await isShownElsewhere(catalog, place))) continue;
    if (!isBehind && (await galleryStands(catalog, place))) galleries.push(place.page);
    else {
      const written = await writeGallery(deps, catalog, place, { pageOf, posters, ofRun });
      if (place.hasPage) galleries.push(written.page);
      addTo(total, written);
    }
  }
  return galleries;
}

interface Total extends FilesWritten {
  written: number;
  readonly warnings: string[];
  readonly failures: Failure[];
}

function addTo<Part extends FilesWritten>(total: Total, part: Part): Part {
  total.written += part.written;
  total.warnings.push(...part.warnings);
  total.failures.push(...part.failures);
  return part;
}

/** Takes up the previews that an earlier run put in place and could not record. */
async function recordLeftPreviews(
  deps: Deps,
  catalog: Catalog,
  roots: readonly WalkedRoot[],
): Promise<number[]> {
  const fileIds: number[] = [];
  for (const { root } of roots)
    fileIds.push(...(await recordPlacedPreviews(catalog, root.id, deps.clock.now())));
  return fileIds;
}
