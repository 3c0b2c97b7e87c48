import { existsSync } from 'node:fs';
import type { SourceError } from '../../base/errors.ts';
import type { Stock, StockFile, WalkedRoot } from '../../archive/take-stock.ts';
import type { Catalog } from '../../catalog/open.ts';
import { outputsOf } from '../../catalog/output.ts';
import type { OutputRow } from '../../catalog/output.ts';
import { indexFiles } from '../../catalog/search.ts';
import type { Deps } from '../deps.ts';
import type { Failure } from '../verb.ts';
import { galleryPlaces } from './galleries.ts';
import type { Naming } from './naming.ts';
import { namingOf } from './profile-naming.ts';
import type { ScanRequest } from './scan-roots.ts';
import { writeGallery } from './write-gallery.ts';
import { writeInfos } from './write-infos.ts';
import { writePages } from './write-pages.ts';
import { bringPreviews } from './bring-previews.ts';

export interface LibraryJob {
  readonly roots: readonly WalkedRoot[];
  readonly stocks: ReadonlyMap<WalkedRoot, Stock>;
  readonly request: Pick<ScanRequest, 'images' | 'profile' | 'output'>;
  /** Library files whose pages and sidecars may be out of date. */
  readonly touched: ReadonlySet<number>;
  /** False when the site can't be asked just now. */
  readonly online: boolean;
}

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

/** One root with what the stages of writing need to know of it. */
export interface RootJob {
  readonly walked: WalkedRoot;
  readonly files: readonly StockFile[];
  readonly naming: Naming;
  readonly outputs: readonly OutputRow[];
  /** True when a path was there at the walk, or was written since. */
  exists(path: string): boolean;
}

/** Writes what belongs beside the models and the galleries: previews, sidecars, pages, in this order. */
export async function writeLibrary(deps: Deps, catalog: Catalog, job: LibraryJob): Promise<LibraryWritten> {
  const warnings: string[] = [];
  const jobs = await Promise.all(job.roots.map((walked) => rootJob(deps, catalog, walked, job)));
  const previews = await bringPreviews(deps, catalog, jobs, job);
  const touched = new Set([...job.touched, ...previews.touched, ...withoutOutputs(jobs)]);
  for (const fileId of await relatedFiles(catalog, touched)) touched.add(fileId);
  await indexFiles(catalog, [...touched]);
  let written = previews.fetched;
  let pages = 0;
  const pageOf = new Map<string, string>();
  for (const root of jobs) {
    const infos = await writeInfos(deps, catalog, root, touched);
    const paged = await writePages(deps, catalog, root, touched, pageOf, job.request);
    written += infos.written + paged.written;
    pages += paged.pages;
    warnings.push(...infos.warnings, ...paged.warnings);
  }
  const galleries: string[] = [];
  for (const place of galleryPlaces(job.roots, job.request, deps.cwd)) {
    const gallery = await writeGallery(deps, catalog, place, (path) => pageOf.get(path));
    galleries.push(gallery.page);
    written += gallery.written;
    warnings.push(...gallery.warnings);
  }
  return { previews: previews.fetched, previewBytes: previews.bytes, images: previews.held, pages, written, galleries, warnings, failures: previews.failures, stopped: previews.stopped };
}

async function rootJob(deps: Deps, catalog: Catalog, walked: WalkedRoot, job: LibraryJob): Promise<RootJob> {
  const files = job.stocks.get(walked)?.files ?? [];
  const naming = await namingOf(deps, catalog, walked, files, job.request);
  const outputs = await outputsOf(catalog.db, { rootId: walked.root.id });
  const { root } = walked.target;
  return {
    walked,
    files,
    naming,
    outputs,
    exists(path) {
      if (!path.startsWith(`${root}/`)) return existsSync(path);
      const inner = path.slice(root.length + 1);
      const cut = inner.lastIndexOf('/');
      return walked.walk.names.get(cut === -1 ? '' : inner.slice(0, cut))?.has(inner.slice(cut + 1)) === true;
    },
  };
}

/** Files whose recorded page or sidecar is no longer on disk, or that never had a page. */
function withoutOutputs(jobs: readonly RootJob[]): Set<number> {
  const wanted = new Set<number>();
  for (const job of jobs) {
    const paged = new Set<number>();
    for (const row of job.outputs) {
      if (row.file_id === null || (row.kind !== 'page' && row.kind !== 'info')) continue;
      if (row.done_sha256 === null || row.intent_sha256 !== null || !job.exists(row.path)) wanted.add(row.file_id);
      else if (row.kind === 'page') paged.add(row.file_id);
    }
    for (const file of job.files) if (!paged.has(file.fileId)) wanted.add(file.fileId);
  }
  return wanted;
}

/** Other library files of the same models: their pages show which versions are held. */
async function relatedFiles(catalog: Catalog, touched: ReadonlySet<number>): Promise<number[]> {
  const rows = await catalog.db
    .selectFrom('choice')
    .innerJoin('version', 'version.id', 'choice.version_id')
    .innerJoin('file', 'file.id', 'choice.file_id')
    .select(['choice.file_id', 'version.model_id'])
    .where('file.state', '=', 'present')
    .execute();
  const models = new Set(rows.filter((row) => touched.has(row.file_id)).map((row) => row.model_id));
  return rows.filter((row) => models.has(row.model_id)).map((row) => row.file_id);
}
