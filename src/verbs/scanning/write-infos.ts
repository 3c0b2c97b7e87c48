import { chunks } from '../../base/pool.ts';
import { infoSidecar } from '../../archive/info-sidecar.ts';
import type { StockFile } from '../../archive/take-stock.ts';
import { writeOutputs } from '../../archive/write-outputs.ts';
import type { Output, Written } from '../../archive/write-outputs.ts';
import type { Catalog } from '../../catalog/open.ts';
import { latestPayloads } from '../../catalog/payload.ts';
import type { Deps } from '../deps.ts';
import { counted, some } from './counted.ts';
import type { FilesWritten, RootJob } from './library-job.ts';
import { refusedWrites } from './refused-writes.ts';
import { versionInModel } from '../../archive/version-in-model.ts';

/** Answers are some 50 kB each; so many are held at a time. */
const AT_ONCE = 32;

/** Writes `<stem>.civitai.info` for the files among `touched` that the site knows. */
export async function writeInfos(
  deps: Deps,
  catalog: Catalog,
  job: RootJob,
  touched: ReadonlySet<number>,
): Promise<FilesWritten> {
  const files = job.files.filter((file) => touched.has(file.fileId));
  if (files.length === 0) return { written: 0, warnings: [], failures: [] };
  const phase = deps.progress.phase('Sidecars', files.length, 'files');
  const done = await writeOutputs(
    catalog,
    infosOf(deps, catalog, job, files, () => phase.advance(1)),
    { now: () => deps.clock.now(), bounds: job.bounds },
  );
  phase.end();
  return { written: done.written, warnings: warningsOf(done), failures: refusedWrites(done) };
}

function warningsOf({ foreign, left }: Written): string[] {
  const moved = foreign.filter((path) => !left.includes(path));
  return [
    ...(moved.length === 0
      ? []
      : [
          `${counted(moved.length, 'note has', 'notes have')} the ending .civitai.json, because a file of yours stands there: ${some(moved)}.`,
        ]),
    ...(left.length === 0
      ? []
      : [
          `${counted(left.length, 'sidecar is a file', 'sidecars are files')} of yours, not touched: ${some(left)}.`,
        ]),
  ];
}

async function* infosOf(
  deps: Deps,
  catalog: Catalog,
  job: RootJob,
  files: readonly StockFile[],
  onFile: () => void,
): AsyncGenerator<Output> {
  const apiOrigin = new URL(deps.settings.apiUrl).origin;
  for (const batch of chunks(files, AT_ONCE)) {
    const chosen = await catalog.db
      .selectFrom('choice')
      .innerJoin('version', 'version.id', 'choice.version_id')
      .select(['choice.file_id', 'choice.version_id', 'version.model_id'])
      .where(
        'choice.file_id',
        'in',
        batch.map((file) => file.fileId),
      )
      .execute();
    const versions = await latestPayloads(
      catalog.db,
      'version',
      chosen.map((row) => String(row.version_id)),
    );
    const models = await latestPayloads(
      catalog.db,
      'model',
      chosen.map((row) => String(row.model_id)),
    );
    const byFile = new Map(chosen.map((row) => [row.file_id, row]));
    for (const file of batch) {
      onFile();
      const row = byFile.get(file.fileId);
      const place = job.naming.info(file);
      if (row === undefined) continue;
      const model = models.get(String(row.model_id))?.raw;
      const version =
        versions.get(String(row.version_id))?.raw ??
        (model === undefined ? undefined : versionInModel(model, row.version_id));
      if (version === undefined) continue;
      yield {
        ...place,
        kind: 'info',
        mends: job.naming.profile === 'configured',
        rootId: file.rootId,
        fileId: file.fileId,
        bytes: infoSidecar(version, model, apiOrigin),
      };
    }
  }
}
