import { basename, join } from 'node:path';
import { chunks } from '../../base/pool.ts';
import { isRecord, parseJson } from '../../base/json.ts';
import type { StockFile } from '../../archive/take-stock.ts';
import { writeOutputs } from '../../archive/write-outputs.ts';
import type { Output, Written } from '../../archive/write-outputs.ts';
import type { Catalog } from '../../catalog/open.ts';
import { SHOWN_KINDS } from '../../catalog/output.ts';
import { latestPayloads } from '../../catalog/payload.ts';
import { groupBy } from '../../catalog/upsert.ts';
import { hashJson, metadataJson } from '../../profiles/collected-content.ts';
import type { Deps } from '../deps.ts';
import { counted, some } from './counted.ts';
import type { FilesWritten, RootJob } from './library-job.ts';
import { refusedWrites } from './refused-writes.ts';

/** As many files at a time; a model's answer may be half a megabyte. */
const AT_ONCE = 50;

/** What the profile `collected` keeps of each model besides page, version answer and previews. */
export async function writeCollected(
  deps: Deps,
  catalog: Catalog,
  job: RootJob,
  touched: ReadonlySet<number>,
): Promise<FilesWritten> {
  if (job.naming.profile !== 'collected') return { written: 0, warnings: [], failures: [] };
  const files = job.files.filter((file) => touched.has(file.fileId));
  const done = await writeOutputs(catalog, extrasOf(catalog, job, files), {
    now: () => deps.clock.now(),
    bounds: job.bounds,
  });
  return {
    written: done.written,
    warnings: warningsOf(done),
    failures: refusedWrites(done),
  };
}

function warningsOf({ foreign }: Written): string[] {
  if (foreign.length === 0) return [];
  return [
    `${counted(foreign.length, 'file of yours stands', 'files of yours stand')} where notes of a model belong, left as they are: ${some(foreign)}.`,
  ];
}

async function* extrasOf(
  catalog: Catalog,
  job: RootJob,
  files: readonly StockFile[],
): AsyncGenerator<Output> {
  for (const batch of chunks(files, AT_ONCE)) {
    const rows = await rowsOf(catalog, batch);
    const models = await latestPayloads(
      catalog.db,
      'model',
      rows.flatMap((row) => (row.model_id === null ? [] : [String(row.model_id)])),
    );
    const versions = await latestPayloads(
      catalog.db,
      'version',
      rows.flatMap((row) => (row.version_id === null ? [] : [String(row.version_id)])),
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    const previews = await heldPreviewsOf(catalog, batch);
    for (const file of batch) {
      const row = byId.get(file.fileId);
      if (row === undefined) continue;
      const { base, places } = job.naming.places(file);
      const common = {
        otherwise: undefined,
        kind: 'info' as const,
        rootId: file.rootId,
        fileId: file.fileId,
      };
      const model = row.model_id === null ? undefined : models.get(String(row.model_id))?.raw;
      const version = row.version_id === null ? undefined : versions.get(String(row.version_id))?.raw;
      if (places.header !== undefined && row.metadata !== null)
        yield { ...common, path: join(base, places.header), bytes: metadataJson(parseJson(row.metadata)) };
      if (places.hash !== undefined && row.hashed_at !== null)
        yield {
          ...common,
          path: join(base, places.hash),
          bytes: hashJson({
            sha256: row.sha256,
            fileName: file.walked.name,
            at: { epochMs: row.hashed_at, offsetMinutes: -new Date(row.hashed_at).getTimezoneOffset() },
          }),
        };
      if (places.model !== undefined && model !== undefined)
        yield { ...common, path: join(base, places.model), bytes: `${model}\n` };
      yield* previewInfos(job, file, previews.get(file.fileId) ?? [], version, common);
    }
  }
}

/** What the site says of each preview that is held, beside it; a preview's place among the slots need not be its place in the answer. */
function* previewInfos(
  job: RootJob,
  file: StockFile,
  held: readonly HeldPreview[],
  version: string | undefined,
  common: Pick<Output, 'otherwise' | 'kind' | 'rootId' | 'fileId'>,
): Generator<Output> {
  if (held.length === 0 || version === undefined) return;
  const answer: unknown = parseJson(version);
  const images: unknown[] = isRecord(answer) && Array.isArray(answer['images']) ? answer['images'] : [];
  const byKey = new Map<unknown, Readonly<Record<string, unknown>>>();
  for (const image of images) if (isRecord(image)) byKey.set(image['url'], image).set(image['id'], image);
  const { base, places } = job.naming.places(file);
  for (const row of held) {
    const image = byKey.get(row.imageId) ?? byKey.get(row.url);
    const slot = job.naming.slotOf(file, basename(row.path));
    const name = slot === undefined ? undefined : places.previewInfo(slot - 1);
    if (image !== undefined && name !== undefined)
      yield { ...common, path: join(base, name), bytes: `${JSON.stringify(image, undefined, 4)}\n` };
  }
}

/** A preview that is held and the image it shows. */
interface HeldPreview {
  readonly path: string;
  /** Civitai's, or ours where it has none. */
  readonly imageId: number;
  readonly url: string;
}

async function heldPreviewsOf(
  catalog: Catalog,
  files: readonly StockFile[],
): Promise<Map<number, HeldPreview[]>> {
  const rows = await catalog.db
    .selectFrom('output')
    .innerJoin('image', 'image.id', 'output.image_id')
    .select(['output.file_id', 'output.path', 'image.id as imageId', 'image.url'])
    .where('output.kind', 'in', SHOWN_KINDS)
    .where('output.done_sha256', 'is not', null)
    .where(
      'output.file_id',
      'in',
      files.map((file) => file.fileId),
    )
    .orderBy('output.path')
    .execute();
  return groupBy(rows, (row) => row.file_id ?? 0);
}

async function rowsOf(catalog: Catalog, files: readonly StockFile[]) {
  return await catalog.db
    .selectFrom('file')
    .innerJoin('blob', 'blob.id', 'file.blob_id')
    .leftJoin('header', 'header.blob_id', 'file.blob_id')
    .leftJoin('choice', 'choice.file_id', 'file.id')
    .leftJoin('version', 'version.id', 'choice.version_id')
    .select([
      'file.id',
      'file.hashed_at',
      'blob.sha256',
      'header.metadata',
      'choice.version_id',
      'version.model_id',
    ])
    .where(
      'file.id',
      'in',
      files.map((file) => file.fileId),
    )
    .execute();
}
