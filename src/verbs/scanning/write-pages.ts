import { dirname } from 'node:path';
import type { FileId } from '../../base/ids.ts';
import type { StockFile } from '../../archive/take-stock.ts';
import { writeOutputs } from '../../archive/write-outputs.ts';
import type { Output, Written } from '../../archive/write-outputs.ts';
import type { Catalog } from '../../catalog/open.ts';
import { viewModelFiles } from '../../catalog/view-model-file.ts';
import { modelPage } from '../../pages/model-page.ts';
import type { Deps } from '../deps.ts';
import { counted, some } from './counted.ts';
import { leadingGallery } from './leading-gallery.ts';
import { hrefFrom } from './local-links.ts';
import type { Layout } from './layout.ts';
import type { FilesWritten, RootJob } from './library-job.ts';
import { refusedWrites } from './refused-writes.ts';

export interface PagesWritten extends FilesWritten {
  /** Pages looked at. */
  readonly pages: number;
}

/** Where the page of each file of a root is or will be: absolute model path to absolute page. */
export function pagePaths(job: RootJob): Map<string, string> {
  const placed = new Map(
    job.outputs
      .filter((row) => row.kind === 'page' && row.file_id !== null && row.done_sha256 !== null)
      .map((row) => [row.file_id ?? 0, row.path]),
  );
  const paths = new Map<string, string>();
  if (!job.naming.hasPages) return paths;
  for (const file of job.files) {
    const names = job.naming.page(file);
    const known = placed.get(file.fileId);
    const isCurrent = known === names.path || (known !== undefined && known === names.otherwise);
    paths.set(`${job.walked.target.root}/${file.walked.path}`, isCurrent ? known : names.path);
  }
  return paths;
}

/** Which pages are wanted, and what they link. All paths absolute. */
export interface PageParts {
  readonly touched: ReadonlySet<number>;
  /** Model file to page, of all roots. */
  readonly pageOf: Map<string, string>;
  /** Film to still. */
  readonly posters: ReadonlyMap<string, string>;
}

/** Writes the pages of the files among `touched`. `pageOf` is set right where a page had to take its other name. */
export async function writePages(
  deps: Deps,
  catalog: Catalog,
  job: RootJob,
  { touched, pageOf, posters }: PageParts,
  request: Layout,
): Promise<PagesWritten> {
  const { root } = job.walked.target;
  const files = new Map(
    job.files.filter((file) => touched.has(file.fileId)).map((file) => [Number(file.fileId), file]),
  );
  if (files.size === 0 || !job.naming.hasPages) return { pages: 0, written: 0, warnings: [], failures: [] };
  const phase = deps.progress.phase('Pages', files.size, 'pages');
  const done = await writeOutputs(
    catalog,
    pagesOf(deps, catalog, job, files, { pageOf, posters }, request, () => phase.advance(1)),
    { now: () => deps.clock.now(), bounds: job.bounds },
  );
  phase.end();
  for (const file of files.values()) {
    const names = job.naming.page(file);
    const modelPath = `${root}/${file.walked.path}`;
    if (done.left.includes(names.path)) pageOf.delete(modelPath);
    else if (done.foreign.includes(names.path) && names.otherwise !== undefined)
      pageOf.set(modelPath, names.otherwise);
  }
  return {
    pages: files.size,
    written: done.written,
    warnings: warningsOf(done),
    failures: refusedWrites(done),
  };
}

function warningsOf({ foreign, left }: Written): string[] {
  const renamed = foreign.filter((path) => !left.includes(path));
  return [
    ...(renamed.length === 0
      ? []
      : [
          `${counted(renamed.length, 'page has', 'pages have')} another name, because a file of yours stands there: ${some(renamed)}.`,
        ]),
    ...(left.length === 0
      ? []
      : [
          `${counted(left.length, 'page was', 'pages were')} not written, because files of yours stand in both places: ${some(left)}.`,
        ]),
  ];
}

async function* pagesOf(
  deps: Deps,
  catalog: Catalog,
  job: RootJob,
  files: ReadonlyMap<number, StockFile>,
  { pageOf, posters }: Omit<PageParts, 'touched'>,
  request: Layout,
  onPage: () => void,
): AsyncGenerator<Output> {
  const gallery = await leadingGallery(catalog, job.walked, request, deps.cwd);
  if (gallery === undefined) return;
  for await (const view of viewModelFiles(catalog, [...files.keys()] as FileId[])) {
    deps.signal.throwIfAborted();
    const file = files.get(view.fileId);
    if (file === undefined) continue;
    const names = job.naming.page(file);
    const folder = dirname(names.path);
    const hrefOr = (path: string | undefined): string | undefined =>
      path === undefined ? undefined : hrefFrom(folder, path);
    const bytes = modelPage(view, {
      assets: `${hrefFrom(folder, gallery.files)}/`,
      gallery: hrefOr(gallery.page),
      hrefOf: (path) => hrefFrom(folder, path),
      pageOf: (path) => hrefOr(pageOf.get(path)),
      posterOf: (path) => {
        const still = posters.get(path);
        return still === undefined ? undefined : hrefFrom(folder, gallery.sameHere(still));
      },
      creatorPage: (creator) => hrefOr(gallery.creatorPage(creator)),
      siteUrl: 'https://civitai.com',
    });
    onPage();
    yield { ...names, kind: 'page', rootId: file.rootId, fileId: file.fileId, bytes };
  }
}
