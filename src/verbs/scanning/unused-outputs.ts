import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { StockFile } from '../../archive/take-stock.ts';
import type { OutputRow } from '../../catalog/output.ts';
import { sidecarName } from '../../formats/sidecars/write-sidecar.ts';
import { WRITTEN_SIDECARS } from '../../formats/sidecars/written-formats.ts';
import type { RootJob } from './library-job.ts';

const PREVIEW_INFO = /_preview_(\d{1,6})\.json$/;

/**
 * What was written about files of a root, at places where nothing is written about them now. A preview counts only when
 * the same picture is at its place: it may be the last one there is. `exists` tells of absolute paths.
 */
export function unusedOutputs(job: RootJob, exists = job.exists): OutputRow[] {
  const files = new Map(job.meant.map((file) => [Number(file.fileId), file]));
  const unused: OutputRow[] = [];
  const pictures = new Set<string>();
  for (const row of job.outputs) {
    const file = files.get(row.file_id ?? 0);
    if (file !== undefined && !isUsed(job, file, row)) unused.push(row);
    else if (row.kind === 'preview' && row.done_sha256 !== null && exists(row.path))
      pictures.add(`${row.file_id} ${row.done_sha256}`);
  }
  return unused.filter((row) => row.kind !== 'preview' || pictures.has(`${row.file_id} ${row.done_sha256}`));
}

/**
 * Of those, what some files had under the other name that is theirs, stem or whole name, as we left it: a stem becomes
 * free when the file goes that had it. What was called otherwise before is for `clean`.
 */
export function otherNames(job: RootJob, fileIds: ReadonlySet<number>): OutputRow[] {
  if (job.naming.profile !== 'beside') return [];
  const files = new Map<number, StockFile>(job.meant.map((file) => [file.fileId, file]));
  // The walk is older than what this run wrote.
  return unusedOutputs(job, existsSync).filter(({ file_id: fileId, path, intent_sha256: intent }) => {
    const file = files.get(fileId ?? 0);
    if (file === undefined || intent !== null || !fileIds.has(file.fileId)) return false;
    const { stem, name } = file.walked;
    const isNamed = [stem, name].some((one) => isNoteOf(one, basename(path)));
    return isNamed && dirname(path) === dirname(job.naming.page(file).path);
  });
}

const ENDING = /^\.(?:(?:civitarium\.)?html|civitai\.(?:info|json)|preview\.(?:\d+\.)?\w+)$/;

function isNoteOf(stem: string, name: string): boolean {
  return name.startsWith(stem) && ENDING.test(name.slice(stem.length));
}

function isUsed(job: RootJob, file: StockFile, { kind, path }: OutputRow): boolean {
  const { naming } = job;
  if (kind === 'page') {
    const page = naming.page(file);
    return path === page.path || path === page.otherwise;
  }
  if (kind === 'preview')
    return (
      dirname(path) === naming.preview(file, 1).folder && naming.slotOf(file, basename(path)) !== undefined
    );
  if (kind === 'info') return isInfo(job, file, path);
  if (kind === 'sidecar') return isSidecar(job, file, path);
  return true;
}

function isInfo({ naming }: RootJob, file: StockFile, path: string): boolean {
  const info = naming.info(file);
  if (path === info.path || path === info.otherwise) return true;
  if (naming.profile === 'configured') return false;
  const { base, places } = naming.places(file);
  const slot = PREVIEW_INFO.exec(path)?.[1];
  return [
    places.header,
    places.hash,
    places.model,
    slot === undefined ? undefined : places.previewInfo(Number(slot)),
  ].some((place) => place !== undefined && join(base, place) === path);
}

/** Other programs look beside the model only, whatever the profile. */
function isSidecar({ walked }: RootJob, file: StockFile, path: string): boolean {
  const folder = join(walked.target.root, file.walked.folder);
  return WRITTEN_SIDECARS.some((format) => path === join(folder, sidecarName(format, file.walked.stem)));
}
