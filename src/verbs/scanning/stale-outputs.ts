import { statSync } from 'node:fs';
import type { OutputRow } from '../../catalog/output.ts';
import { readByKeys, groupBy } from '../../catalog/upsert.ts';
import type { Catalog } from '../../catalog/open.ts';
import { isSameLayout, layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import type { RootJob } from './library-job.ts';

/**
 * All files of the roots whose things were last written elsewhere: their pages lead to another gallery. So do those that
 * lead to the gallery of another job, which may have come or gone.
 */
export function placedAnew(jobs: readonly RootJob[], layout: Layout): number[] {
  return jobs.flatMap((job) =>
    isSameLayout(layoutOf(job.walked.root), layout) && !isLed(job, layout)
      ? []
      : job.meant.map((file) => file.fileId),
  );
}

function isLed({ walked }: RootJob, { configured }: Layout): boolean {
  return (configured?.leads ?? []).some(({ folders }) => folders.includes(walked.target.root));
}

/** Files without a page at its place, or whose recorded page or sidecar is no longer there or was never finished. */
export function withoutOutputs(jobs: readonly RootJob[]): Set<number> {
  const wanted = new Set<number>();
  for (const { meant, naming, outputs, exists } of jobs) {
    const recorded = groupBy(
      outputs.filter((row) => row.kind === 'page' || row.kind === 'info'),
      (row) => row.file_id ?? 0,
    );
    const isWhole = (row: OutputRow): boolean =>
      row.done_sha256 !== null &&
      row.intent_sha256 === null &&
      exists(row.path) &&
      (naming.profile !== 'configured' || row.kind !== 'info' || isAsWritten(row));
    for (const file of meant) {
      const page = naming.page(file);
      const info = naming.info(file);
      // What another profile or an earlier name of the file left elsewhere says nothing about its place of today.
      const rows = (recorded.get(file.fileId) ?? []).filter(
        ({ path }) =>
          path === page.path || path === page.otherwise || path === info.path || path === info.otherwise,
      );
      const stale = rows.filter((row) => !isWhole(row));
      // Where a file of the user's took the place, the one that stands elsewhere counts.
      const isRight = stale.every(
        ({ path }) => path === info.path && rows.some((row) => row.path === info.otherwise && isWhole(row)),
      );
      if (!isRight || (naming.hasPages && !rows.some((row) => row.kind === 'page'))) wanted.add(file.fileId);
    }
  }
  return wanted;
}

/** Whether a file is still as we left it, as far as its size and time tell. */
export function isAsWritten({
  path,
  size,
  mtime_ns: mtimeNs,
}: Pick<OutputRow, 'path' | 'size' | 'mtime_ns'>): boolean {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats !== undefined && Number(stats.size) === size && String(stats.mtimeNs) === mtimeNs;
}

/** Other library files of the same models: their pages show which versions are held. */
export async function relatedFiles(catalog: Catalog, touched: ReadonlySet<number>): Promise<number[]> {
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
