import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { sql } from 'kysely';
import type { SourceError } from '../../base/errors.ts';
import { recordPlacedPreviews } from '../../archive/place-previews.ts';
import type { StockFile, WalkedRoot } from '../../archive/take-stock.ts';
import type { Catalog } from '../../catalog/open.ts';
import { outputsOf } from '../../catalog/output.ts';
import type { OutputRow } from '../../catalog/output.ts';
import { indexFiles } from '../../catalog/search.ts';
import { groupBy, readByKeys } from '../../catalog/upsert.ts';
import type { Deps } from '../deps.ts';
import type { Failure } from '../verb.ts';
import { clearTemps } from './clear-temps.ts';
import { galleryPlaces } from './galleries.ts';
import type { FilesWritten, LibraryJob, RootJob } from './library-job.ts';
import { namingsOf } from './naming.ts';
import type { Naming } from './naming.ts';
import { writeCollected } from './write-collected.ts';
import { galleryStands } from './gallery-stands.ts';
import { writeGallery } from './write-gallery.ts';
import { writeInfos } from './write-infos.ts';
import { pagePaths, writePages } from './write-pages.ts';
import { bringPreviews } from './bring-previews.ts';

export interface LibraryWritten {
  readonly previews: number;
  readonly previewBytes: number;
  /** Previews held in all. */
  readonly images: number;
  readonly pages: number;
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
  const before = await rootJobs(deps, catalog, job);
  clearTemps(before, places);
  const previews = await bringPreviews(deps, catalog, before, job);
  const jobs = previews.fetched > 0 ? await rootJobs(deps, catalog, job) : before;
  const touched = new Set([...job.touched, ...recorded, ...previews.touched, ...withoutOutputs(before)]);
  for (const fileId of await relatedFiles(catalog, touched)) touched.add(fileId);
  await indexFiles(catalog, [...touched]);
  const total: Total = { written: previews.fetched, warnings: [], failures: [...previews.failures] };
  const pageOf = new Map(jobs.flatMap((root) => [...pagePaths(root)]));
  let pages = 0;
  for (const root of jobs) {
    addTo(total, await writeInfos(deps, catalog, root, touched));
    addTo(total, await writeCollected(deps, catalog, root, touched));
    pages += addTo(total, await writePages(deps, catalog, root, touched, pageOf, job.request)).pages;
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
    previews: previews.fetched,
    previewBytes: previews.bytes,
    images: previews.held,
    pages,
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

async function rootJobs(deps: Deps, catalog: Catalog, job: LibraryJob): Promise<RootJob[]> {
  const outputs = new Map<WalkedRoot, readonly OutputRow[]>();
  for (const walked of job.roots)
    outputs.set(walked, await outputsOf(catalog.db, { rootId: walked.root.id }));
  const filesOf = (walked: WalkedRoot): readonly StockFile[] => job.stocks.get(walked)?.files ?? [];
  const namings = namingsOf(
    job.roots,
    filesOf,
    job.request,
    deps.cwd,
    await heldBases(catalog, job.request, deps.cwd),
  );
  return job.roots.flatMap((walked) => {
    const naming = namings.get(walked);
    return naming === undefined ? [] : [rootJob(walked, filesOf(walked), naming, outputs.get(walked) ?? [])];
  });
}

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
  files: readonly StockFile[],
  naming: Naming,
  outputs: readonly OutputRow[],
): RootJob {
  const { root } = walked.target;
  return {
    walked,
    files,
    naming,
    outputs,
    bounds: naming.bounds,
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

/** Files without a page at its place, or whose recorded page or sidecar is no longer there or was never finished. */
function withoutOutputs(jobs: readonly RootJob[]): Set<number> {
  const wanted = new Set<number>();
  for (const { files, naming, outputs, exists } of jobs) {
    const recorded = groupBy(
      outputs.filter((row) => row.kind === 'page' || row.kind === 'info'),
      (row) => row.file_id ?? 0,
    );
    for (const file of files) {
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
