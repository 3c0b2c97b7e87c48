import type { Catalog } from '../../catalog/open.ts';
import { groupBy } from '../../catalog/upsert.ts';
import type { Deps } from '../deps.ts';
import { layoutOf, USUAL_LAYOUT } from './layout.ts';
import type { Layout } from './layout.ts';
import type { LibraryJob } from './library-job.ts';
import { writeLibrary } from './write-library.ts';
import type { LibraryWritten } from './write-library.ts';

/** What is to be written, each root where it was written last unless `layout` says where. */
export type WorkByLayout = Omit<LibraryJob, 'request'> & {
  readonly images: LibraryJob['request']['images'];
  readonly layout: Layout | undefined;
};

/** Writes libraries as writeLibrary does, roots of one layout together; `ended` hears of each group that is done. */
export async function writeByLayout(
  deps: Deps,
  catalog: Catalog,
  work: WorkByLayout,
  ended: (roots: LibraryJob['roots'], layout: Layout) => Promise<void>,
): Promise<LibraryWritten> {
  const { images, layout, ...job } = work;
  const layouts = groupBy(work.roots, ({ root }) => JSON.stringify(layout ?? layoutOf(root) ?? USUAL_LAYOUT));
  const parts: LibraryWritten[] = [];
  for (const roots of layouts.values()) {
    const own = layout ?? layoutOf(roots[0]?.root ?? { settings: null }) ?? USUAL_LAYOUT;
    const isOnline = job.online && parts.every((part) => part.stopped === undefined);
    parts.push(
      await writeLibrary(deps, catalog, { ...job, roots, request: { ...own, images }, online: isOnline }),
    );
    await ended(roots, own);
  }
  return together(parts);
}

function together(parts: readonly LibraryWritten[]): LibraryWritten {
  const sum = (
    key: 'previews' | 'previewBytes' | 'images' | 'pages' | 'pagesWritten' | 'pagesFailed' | 'written',
  ): number => parts.reduce((total, part) => total + part[key], 0);
  return {
    previews: sum('previews'),
    previewBytes: sum('previewBytes'),
    images: sum('images'),
    pages: sum('pages'),
    pagesWritten: sum('pagesWritten'),
    pagesFailed: sum('pagesFailed'),
    written: sum('written'),
    galleries: parts.flatMap((part) => part.galleries),
    warnings: parts.flatMap((part) => part.warnings),
    failures: parts.flatMap((part) => part.failures),
    stopped: parts.find((part) => part.stopped !== undefined)?.stopped,
  };
}
