import { join } from 'node:path';
import { chunks } from '../../base/pool.ts';
import { isRecord, parseJson } from '../../base/json.ts';
import type { StockFile } from '../../archive/take-stock.ts';
import { writeOutputs } from '../../archive/write-outputs.ts';
import type { Output } from '../../archive/write-outputs.ts';
import type { Catalog } from '../../catalog/open.ts';
import { latestPayloads } from '../../catalog/payload.ts';
import { hashJson, metadataJson } from '../../profiles/collected-content.ts';
import type { Deps } from '../deps.ts';
import type { FilesWritten, RootJob } from './library-job.ts';
import { refusedWrites } from './refused-writes.ts';

/** As many files at a time; a model's answer may be half a megabyte. */
const AT_ONCE = 50;

/** What the profile `collected` keeps of each model besides page, version answer and previews. */
export async function writeCollected(deps: Deps, catalog: Catalog, job: RootJob, touched: ReadonlySet<number>): Promise<FilesWritten> {
  if (job.naming.profile !== 'collected') return { written: 0, warnings: [], failures: [] };
  const files = job.files.filter((file) => touched.has(file.fileId));
  const done = await writeOutputs(catalog, extrasOf(catalog, job, files), { now: () => deps.clock.now(), bounds: job.bounds });
  return { written: done.written, warnings: done.foreign.map((path) => `${path} is a file of yours and was left as it is.`), failures: refusedWrites(done) };
}

async function* extrasOf(catalog: Catalog, job: RootJob, files: readonly StockFile[]): AsyncGenerator<Output> {
  for (const batch of chunks(files, AT_ONCE)) {
    const rows = await rowsOf(catalog, batch);
    const models = await latestPayloads(catalog.db, 'model', rows.flatMap((row) => (row.model_id === null ? [] : [String(row.model_id)])));
    const versions = await latestPayloads(catalog.db, 'version', rows.flatMap((row) => (row.version_id === null ? [] : [String(row.version_id)])));
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const file of batch) {
      const row = byId.get(file.fileId);
      if (row === undefined) continue;
      const { base, places } = job.naming.places(file);
      const common = { otherwise: undefined, kind: 'info' as const, rootId: file.rootId, fileId: file.fileId };
      const model = row.model_id === null ? undefined : models.get(String(row.model_id))?.raw;
      const version = row.version_id === null ? undefined : versions.get(String(row.version_id))?.raw;
      if (places.header !== undefined && row.metadata !== null) yield { ...common, path: join(base, places.header), bytes: metadataJson(parseJson(row.metadata)) };
      if (places.hash !== undefined && row.hashed_at !== null) yield { ...common, path: join(base, places.hash), bytes: hashJson({ sha256: row.sha256, fileName: file.walked.name, at: { epochMs: row.hashed_at, offsetMinutes: -new Date(row.hashed_at).getTimezoneOffset() } }) };
      if (places.model !== undefined && model !== undefined) yield { ...common, path: join(base, places.model), bytes: `${model}\n` };
      yield* previewInfos(job, file, version, common);
    }
  }
}

function* previewInfos(job: RootJob, file: StockFile, version: string | undefined, common: Pick<Output, 'otherwise' | 'kind' | 'rootId' | 'fileId'>): Generator<Output> {
  const answer: unknown = version === undefined ? undefined : parseJson(version);
  const images = isRecord(answer) && Array.isArray(answer['images']) ? answer['images'] : [];
  const { base, places } = job.naming.places(file);
  const held = new Set(job.outputs.filter((row) => row.kind === 'preview' && row.file_id === file.fileId).map((row) => job.naming.slotOf(file, row.path.slice(row.path.lastIndexOf('/') + 1))));
  for (const [position, image] of images.entries()) {
    const name = places.previewInfo(position);
    if (name !== undefined && held.has(position + 1)) yield { ...common, path: join(base, name), bytes: `${JSON.stringify(image, undefined, 4)}\n` };
  }
}

async function rowsOf(catalog: Catalog, files: readonly StockFile[]) {
  return await catalog.db
    .selectFrom('file')
    .innerJoin('blob', 'blob.id', 'file.blob_id')
    .leftJoin('header', 'header.blob_id', 'file.blob_id')
    .leftJoin('choice', 'choice.file_id', 'file.id')
    .leftJoin('version', 'version.id', 'choice.version_id')
    .select(['file.id', 'file.hashed_at', 'blob.sha256', 'header.metadata', 'choice.version_id', 'version.model_id'])
    .where('file.id', 'in', files.map((file) => file.fileId))
    .execute();
}
