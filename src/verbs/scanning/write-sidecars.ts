import { join } from 'node:path';
import { heldStems } from '../../archive/held-stems.ts';
import { renewSidecars, writeSidecars } from '../../archive/sidecar-write.ts';
import type { SidecarJob } from '../../archive/sidecar-write.ts';
import type { StockFile } from '../../archive/take-stock.ts';
import type { Catalog } from '../../catalog/open.ts';
import { sidecarName } from '../../formats/sidecars/write-sidecar.ts';
import { WRITTEN_SIDECARS } from '../../formats/sidecars/written-formats.ts';
import type { WrittenSidecar } from '../../formats/sidecars/written-formats.ts';
import { boundsOf } from '../../library/inside.ts';
import { besideStems } from '../../profiles/beside.ts';
import { placeKey } from '../../profiles/profile.ts';
import type { Deps } from '../deps.ts';
import { counted } from './counted.ts';
import type { FilesWritten, RootJob } from './library-job.ts';
import { refusedWrites } from './refused-writes.ts';

/** Writes notes of ours anew that moved with their model file, or whose writing was cut short: some name its place. */
export async function renewRootSidecars(deps: Deps, catalog: Catalog, job: RootJob): Promise<FilesWritten> {
  const { root } = job.walked.target;
  const files = new Map<number, StockFile>(job.files.map((file) => [file.fileId, file]));
  const notes = job.outputs.flatMap(({ kind, path, file_id: fileId, intent_sha256: intent }) => {
    const file = files.get(fileId ?? 0);
    if (kind !== 'sidecar' || intent === null || file === undefined || !job.exists(path)) return [];
    const { folder, stem } = file.walked;
    const format = WRITTEN_SIDECARS.find((one) => join(root, folder, sidecarName(one, stem)) === path);
    return format === undefined ? [] : [{ file, format }];
  });
  if (notes.length === 0) return { written: 0, warnings: [], failures: [] };
  const done = await renewSidecars(catalog, placing(deps, job), notes);
  return { written: done.written, warnings: [], failures: refusedWrites(done) };
}

/** Writes the notes that were asked for: for touched files, and those that lack one. */
export async function writeRootSidecars(
  deps: Deps,
  catalog: Catalog,
  job: RootJob,
  touched: ReadonlySet<number>,
  formats: readonly WrittenSidecar[],
): Promise<FilesWritten> {
  const files = formats.length === 0 ? [] : wanting(job, touched, formats);
  if (files.length === 0) return { written: 0, warnings: [], failures: [] };
  const done = await writeSidecars(catalog, { ...placing(deps, job), files, formats });
  const [first] = done.left;
  const warnings = [
    ...(done.merged === 0
      ? []
      : [
          `${counted(done.merged, 'note of yours was', 'notes of yours were')} filled where empty; each is kept as it was under its name with .orig.`,
        ]),
    ...(first === undefined
      ? []
      : [
          `${counted(done.left.length, "file stands under a note's name and was", "files stand under a note's name and were")} left, for example ${first.path}: ${first.why}.`,
        ]),
  ];
  return { written: done.written, warnings, failures: refusedWrites(done) };
}

function placing(deps: Deps, { walked }: RootJob): Omit<SidecarJob, 'files' | 'formats'> {
  const { root } = walked.target;
  return {
    root,
    // Other programs look beside the model only, whatever the profile.
    bounds: boundsOf(root, walked.walk.links),
    apiOrigin: new URL(deps.settings.apiUrl).origin,
    now: () => deps.clock.now(),
    signal: deps.signal,
  };
}

function wanting(
  job: RootJob,
  touched: ReadonlySet<number>,
  formats: readonly WrittenSidecar[],
): StockFile[] {
  const { walk, target } = job.walked;
  const byId = new Map(job.files.map((file) => [Number(file.fileId), file.walked]));
  const held = heldStems(target.root, byId, job.outputs);
  const holders = job.files.filter(({ fileId }) => held.has(fileId)).map((file) => placeKey(file.walked));
  const stems = besideStems(walk.files, new Set(holders));
  const recorded = new Set(
    job.outputs
      .filter((row) => row.done_sha256 !== null && row.intent_sha256 === null)
      .map((row) => row.path),
  );
  return job.meant.filter(({ fileId, walked }) => {
    // Of two files with one stem the notes are of the first; a folder that is not UTF-8 can't be written into.
    if (stems.get(placeKey(walked)) !== walked.stem || walked.path.includes('\uFFFD')) return false;
    if (touched.has(fileId)) return true;
    return formats.some((format) => {
      const path = join(target.root, walked.folder, sidecarName(format, walked.stem));
      return !recorded.has(path) || !job.exists(path);
    });
  });
}
