import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { isSystemError, LibraryError } from '../../base/errors.ts';
import { isRecord, parseJson } from '../../base/json.ts';
import { isForeignAt } from '../../archive/foreign-file.ts';
import { writeOutputs } from '../../archive/write-outputs.ts';
import type { Output } from '../../archive/write-outputs.ts';
import { listDuplicates } from '../../catalog/duplicates.ts';
import { listMissing } from '../../catalog/missing.ts';
import type { Catalog } from '../../catalog/open.ts';
import { forgetOutputs } from '../../catalog/output.ts';
import { listProcessed } from '../../catalog/processed.ts';
import { readProcessedFiles } from '../../formats/sidecars/collected-files.ts';
import type { ProcessedFiles } from '../../formats/sidecars/collected-files.ts';
import { boundsOf } from '../../library/inside.ts';
import { setAside } from '../../library/set-aside.ts';
import { COLLECTED_FILES } from '../../profiles/collected.ts';
import { duplicateList, missingList, processedJson } from '../../profiles/collected-content.ts';
import type { LocalMoment } from '../../profiles/collected-content.ts';
import type { Deps } from '../deps.ts';
import type { FilesWritten } from './library-job.ts';
import { refusedWrites } from './refused-writes.ts';
import { removeIfOurs } from './remove-leftovers.ts';

/** Larger lists are not taken over. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Writes the lists of an output folder (absolute): what was processed, what the site has not, and what is there twice,
 * in all roots that are collected there. What they say follows from the catalog alone. A file of another program at one
 * of their names is set aside; of its list of processed files is kept what lies elsewhere.
 */
export async function writeLists(
  deps: Deps,
  catalog: Catalog,
  output: string,
  rootIds: readonly number[],
): Promise<FilesWritten> {
  const at = (name: string): string => join(output, name);
  const before = readProcessed(at(COLLECTED_FILES.processed));
  const lists = [
    { path: at(COLLECTED_FILES.processed), text: await processedText(catalog, rootIds, before) },
    { path: at(COLLECTED_FILES.missing), text: await missingText(catalog, rootIds) },
    { path: at(COLLECTED_FILES.duplicates), text: await duplicatesText(catalog, rootIds) },
  ];
  const told = { warnings: [] as string[], failures: [] as FilesWritten['failures'][number][] };
  const outputs: Output[] = [];
  for (const { path, text } of lists) {
    if (text === undefined) await removeList(catalog, path);
    else if (await isFreed(catalog, path, told))
      outputs.push({
        path,
        bytes: text,
        kind: 'list',
        rootId: undefined,
        fileId: undefined,
        mends: true,
      });
  }
  const done = await writeOutputs(catalog, outputs, {
    now: () => deps.clock.now(),
    bounds: boundsOf(output),
  });
  return {
    written: done.written,
    warnings: told.warnings,
    failures: [...told.failures, ...refusedWrites(done)],
  };
}

/** Makes room for a list of ours; false when that can't be. */
async function isFreed(
  catalog: Catalog,
  path: string,
  told: { readonly warnings: string[]; readonly failures: FilesWritten['failures'][number][] },
): Promise<boolean> {
  if (!(await isForeignAt(catalog, path))) return true;
  try {
    const aside = await setAside(path);
    told.warnings.push(`${path} was there before and is ${basename(aside)} now.`);
    return true;
  } catch (error) {
    if (!(error instanceof LibraryError) || error.code === 'disk-full') throw error;
    told.failures.push({ what: path, code: error.code, why: error.message, next: error.next });
    return false;
  }
}

/** Nothing is to be said any more: what we said goes, what somebody else wrote stays. */
async function removeList(catalog: Catalog, path: string): Promise<void> {
  const rows = await catalog.db
    .selectFrom('output')
    .select(['path', 'size', 'mtime_ns'])
    .where('path', '=', path)
    .where('kind', '=', 'list')
    .execute();
  await forgetOutputs(
    catalog,
    rows.filter(removeIfOurs).map((row) => row.path),
  );
}

async function processedText(
  catalog: Catalog,
  rootIds: readonly number[],
  before: ProcessedFiles,
): Promise<string | undefined> {
  const found = await listProcessed(catalog.db, rootIds);
  const processed = new Map(found.map(({ path, at }) => [path, moment(at)]));
  const others = before.files.filter((path) => !processed.has(path) && isStillMeant(path));
  if (processed.size + others.length === 0) return undefined;
  for (const path of others) {
    const at = before.processed.get(path);
    if (at !== undefined) processed.set(path, moment(at));
  }
  const latest = [...processed.values()].reduce((most, { epochMs }) => Math.max(most, epochMs), 0);
  const lastUpdate = moment(latest === 0 ? (before.lastUpdate ?? 0) : latest);
  return processedJson({ processed, lastUpdate, others: others.filter((path) => !processed.has(path)) });
}

/** A path of another program's list that we know nothing of: a relative one may mean any folder. */
function isStillMeant(path: string): boolean {
  return !isAbsolute(path) || existsSync(path);
}

async function missingText(catalog: Catalog, rootIds: readonly number[]): Promise<string | undefined> {
  const all = await listMissing(catalog.db, rootIds);
  const items = all.filter((item) => item.state !== 'unchecked');
  const counts = new Map<string, number>();
  for (const { path } of items) counts.set(basename(path), (counts.get(basename(path)) ?? 0) + 1);
  return missingList(
    items.map(({ path, since }) => ({
      at: moment(since ?? 0),
      status: 404,
      fileName: counts.get(basename(path)) === 1 ? basename(path) : path,
    })),
  );
}

async function duplicatesText(catalog: Catalog, rootIds: readonly number[]): Promise<string | undefined> {
  const groups = await listDuplicates(catalog.db, rootIds);
  return duplicateList(
    groups.map(({ sha256, paths }) => {
      // As `clean --duplicates` would choose.
      const [kept = '', ...removed] = paths.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
      return { hash: sha256, kept, removed };
    }),
  );
}

function moment(epochMs: number): LocalMoment {
  return { epochMs, offsetMinutes: -new Date(epochMs).getTimezoneOffset() };
}

const NOTHING: ProcessedFiles = { files: [], lastUpdate: undefined, processed: new Map() };

/** What the list says now, ours or another program's; nothing when it is damaged. */
function readProcessed(path: string): ProcessedFiles {
  try {
    const stats = statSync(path);
    if (!stats.isFile() || stats.size > MOST_BYTES) return NOTHING;
    const value: unknown = parseJson(readFileSync(path, 'utf8'));
    return isRecord(value) ? readProcessedFiles(value) : NOTHING;
  } catch (error) {
    if (error instanceof SyntaxError || isSystemError(error)) return NOTHING;
    throw error;
  }
}
