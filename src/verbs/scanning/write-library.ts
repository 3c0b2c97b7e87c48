import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { sql } from 'kysely';
import type { SourceError } from '../../base/errors.ts';
import { takeNotes } from '../../archive/sidecar-notes.ts';
import { recordPlacedPreviews } from '../../archive/place-previews.ts';
import type { Stock, StockFile, WalkedRoot } from '../../archive/take-stock.ts';
import type { Catalog } from '../../catalog/open.ts';
import { outputsOf } from '../../catalog/output.ts';
import type { OutputRow } from '../../catalog/output.ts';
import { indexFiles } from '../../catalog/search.ts';
import { groupBy, readByKeys } from '../../catalog/upsert.ts';
import type { Deps } from '../deps.ts';
import type { Failure } from '../verb.ts';
import { clearTemps } from './clear-temps.ts';
import { galleryPlaces } from './galleries.ts';
import { isSameLayout, layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import type { FilesWritten, LibraryJob, RootJob } from './library-job.ts';
import { namingsOf } from './naming.ts';
import { writeCollected } from './write-collected.ts';
import { galleryStands } from './gallery-stands.ts';
import { writeGallery } from './write-gallery.ts';
import { writeInfos } from './write-infos.ts';
import { pagePaths, writePages } from './write-pages.ts';
import { writeRootSidecars } from './write-sidecars.ts';
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

/** Writes what belongs beside the models and the galleries: previews, sidecars, pages, in this order. */
export async function writeLibrary(deps: Deps, catalog: Catalog, job: LibraryJob): Promise<LibraryWritten> {
  const places = galleryPlaces(job.roots, job.request, deps.cwd);
  const recorded = await recordLeftPreviews(deps, catalog, job.roots);
  const before = await rootJobs(catalog, job, deps.cwd);
  clearTemps(before, places);
  const previews = await bringPreviews(deps, catalog, before, job);
  const jobs = previews.fetched > 0 ? await rootJobs(catalog, job, deps.cwd) : before;
  const touched = new Set([
    ...job.touched,
    ...recorded,
    ...previews.touched,
    ...withoutOutputs(before),
    ...placedAnew(before, job.request),
  ]);
  for (const root of jobs) {
    const { meant: files, outputs } = root;
    const noted = await takeNotes(catalog, root.walked, { files, outputs, touched }, deps.clock.now());
    for (const fileId of noted) touched.add(fileId);
  }
  for (const fileId of await relatedFiles(catalog, touched)) touched.add(fileId);
  await indexFiles(catalog, [...touched]);
  const total: Total = { written: previews.fetched, warnings: [], failures: [...previews.failures] };
  const pageOf = new Map(jobs.flatMap((root) => [...pagePaths(root)]));
  const pages = { pages: 0, pagesWritten: 0, pagesFailed: 0 };
  for (const root of jobs) {
    addTo(total, await writeInfos(deps, catalog, root, touched));
    addTo(total, await writeCollected(deps, catalog, root, touched));
    addTo(total, await writeRootSidecars(deps, catalog, root, touched, job.sidecars ?? []));
    const paged = addTo(total, await writePages(deps, catalog, root, touched, pageOf, job.request));
    pages.pages += paged.pages;
    pages.pagesWritten += paged.written;
    pages.pagesFailed += paged.failures.length;
  }
  // Counters change all the time: they alone are no reason to write galleries.
  const isNews =
    touched.size > 0 || total.written > 0 || [...job.stocks.values()].some((stock) => stock.gone > 0);
  const galleries: string[] = [];
  for (const place of places) {
    if (!isNews && (await galleryStands(catalog, place))) galleries.push(place.page);
    else
      galleries.push(addTo(total, await writeGallery(deps, catalog, place, (path) => pageOf.get(path))).page);
  }
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

/** What the stages of writing need to know of each root. Reads the catalog only. */
export async function rootJobs(
  catalog: Catalog,
  job: Pick<LibraryJob, 'roots' | 'stocks' | 'request'>,
  cwd: string,
): Promise<RootJob[]> {
  const outputs = new Map<WalkedRoot, readonly OutputRow[]>();
  for (const walked of job.roots)
    outputs.set(walked, await outputsOf(catalog.db, { rootId: walked.root.id }));
  const stockOf = (walked: WalkedRoot): Pick<Stock, 'files' | 'others'> => job.stocks.get(walked) ?? NO_STOCK;
  const filesOf = (walked: WalkedRoot): StockFile[] => [...stockOf(walked).files, ...stockOf(walked).others];
  const namings = namingsOf(job.roots, filesOf, job.request, cwd, await heldBases(catalog, job.request, cwd));
  return job.roots.flatMap((walked) => {
    const naming = namings.get(walked);
    if (naming === undefined) return [];
    return [
      rootJob(walked, {
        files: filesOf(walked),
        meant: stockOf(walked).files,
        naming,
        outputs: outputs.get(walked) ?? [],
      }),
    ];
  });
}

const NO_STOCK = { files: [], others: [] };

/** The folder names that files of any root were given in the output folder before, by file id: they stay. */
async function heldBases(
  catalog: Catalog,
  request: LibraryJob['request'],
  cwd: string,
): Promise<Map<number, string>> {
  const bases = new Map<number, string>();
  if (request.profile !== 'collected' || request.output === undefined) return bases;
  const folder = resolve(cwd, request.output);
  const start = `${folder}/`;
  const rows = await catalog.db
    .selectFrom('output')
    .select(['file_id', 'path'])
    .where('kind', '=', 'page')
    .where('file_id', 'is not', null)
    .where(sql<boolean>`substr(path, 1, ${[...start].length}) = ${start}`)
    .execute();
  for (const { file_id: fileId, path } of rows) {
    const own = dirname(path);
    if (fileId !== null && dirname(own) === folder) bases.set(fileId, basename(own));
  }
  return bases;
}

function rootJob(
  walked: WalkedRoot,
  parts: Pick<RootJob, 'files' | 'meant' | 'naming' | 'outputs'>,
): RootJob {
  const { root } = walked.target;
  return {
    walked,
    ...parts,
    bounds: parts.naming.bounds,
    exists(path) {
      if (!path.startsWith(`${root}/`)) return existsSync(path);
      const inner = path.slice(root.length + 1);
      const cut = inner.lastIndexOf('/');
      const names = walked.walk.names.get(cut === -1 ? '' : inner.slice(0, cut));
      // A folder that the walk leaves out (the output folder inside the root) is looked up on disk.
      return names === undefined ? existsSync(path) : names.has(inner.slice(cut + 1));
    },
  };
}

/** All files of the roots whose things were last written elsewhere: their pages lead to another gallery. */
function placedAnew(jobs: readonly RootJob[], layout: Layout): number[] {
  return jobs.flatMap((job) =>
    isSameLayout(layoutOf(job.walked.root), layout) ? [] : job.meant.map((file) => file.fileId),
  );
}

/** Files without a page at its place, or whose recorded page or sidecar is no longer there or was never finished. */
function withoutOutputs(jobs: readonly RootJob[]): Set<number> {
  const wanted = new Set<number>();
  for (const { meant, naming, outputs, exists } of jobs) {
    const recorded = groupBy(
      outputs.filter((row) => row.kind === 'page' || row.kind === 'info'),
      (row) => row.file_id ?? 0,
    );
    for (const file of meant) {
      const page = naming.page(file);
      // What another profile or an earlier name of the file left elsewhere says nothing about its place of today.
      const rows = (recorded.get(file.fileId) ?? []).filter(
        ({ path }) => path === page.path || path === page.otherwise || path === naming.info(file).path,
      );
      const isWhole = rows.every(
        (row) => row.done_sha256 !== null && row.intent_sha256 === null && exists(row.path),
      );
      if (!isWhole || !rows.some((row) => row.kind === 'page')) wanted.add(file.fileId);
    }
  }
  return wanted;
}

/** Other library files of the same models: their pages show which versions are held. */
async function relatedFiles(catalog: Catalog, touched: ReadonlySet<number>): Promise<number[]> {
  const own = await readByKeys(touched, (some) =>
    catalog.db
      .selectFrom('choice')
      .innerJoin('version', 'version.id', 'choice.version_id')
      .select('version.model_id')
      .where('choice.file_id', 'in', some)
      .execute(),
  );
  const related = await readByKeys(
    own.map((row) => row.model_id),
    (some) =>
      catalog.db
        .selectFrom('version')
        .innerJoin('choice', 'choice.version_id', 'version.id')
        .innerJoin('file', 'file.id', 'choice.file_id')
        .select('choice.file_id')
        .where('version.model_id', 'in', some)
        .where('file.state', '=', 'present')
        .execute(),
  );
  return related.map((row) => row.file_id);
}
