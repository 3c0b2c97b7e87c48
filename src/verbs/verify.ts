import { formatBytes, formatCount } from '../base/bytes.ts';
import { InterruptedError, messageOf } from '../base/errors.ts';
import { inPool } from '../base/pool.ts';
import { absolutePath } from '../archive/hash-files.ts';
import type { StockFile } from '../archive/take-stock.ts';
import type { Catalog } from '../catalog/open.ts';
import { readByKeys } from '../catalog/upsert.ts';
import type { Deps } from './deps.ts';
import { recorded } from './record-run.ts';
import { catalogRoots } from './scanning/catalog-roots.ts';
import type { CatalogRoots } from './scanning/catalog-roots.ts';
import type { Failure, RunResult, Verb } from './verb.ts';

/** `civitarium verify [PATH...]`: are the bytes still those we knew? */
export const verify: Verb = {
  name: 'verify',
  summary: 'check that the bytes are still right',
  description:
    'Reads every model file again and compares its hash with the one on record, by which the site knows it. A file that was replaced since the last scan is "changed"; one whose times are as they were but whose bytes differ is "damaged"; one that a scan saw and that is not there is "gone".',
  examples: [
    ['civitarium verify', 'every scanned folder'],
    ['civitarium verify ~/models/lora', 'one of them'],
  ],
  arguments: [{ name: 'path', many: true, required: false, summary: 'folders that were scanned before' }],
  options: [],
  async run(deps, input) {
    const catalog = await deps.catalog();
    const found = await catalogRoots(deps, catalog, input.arguments);
    if (deps.settings.dryRun) return planned(found);
    return await recorded(deps, 'verify', input, () => verifyFound(deps, catalog, found));
  },
};

interface OneFile {
  /** Absolute. */
  readonly root: string;
  readonly file: StockFile;
}

function filesOf({ roots, stocks }: CatalogRoots): OneFile[] {
  return roots.flatMap((root) =>
    (stocks.get(root)?.files ?? []).map((file) => ({ root: root.target.root, file })),
  );
}

function bytesOf(files: readonly OneFile[]): number {
  return files.reduce((sum, { file }) => sum + file.walked.size, 0);
}

function absences({ absent }: CatalogRoots): string[] {
  return absent.map((path) => `${path} is not there and was left out.`);
}

function planned(found: CatalogRoots): RunResult {
  const files = filesOf(found);
  return {
    counts: { total: 0, planned: files.length, bytes: bytesOf(files) },
    warnings: absences(found),
    failures: [],
    exitCode: 0,
    summary: [`Would read ${formatCount(files.length)} files, ${formatBytes(bytesOf(files))}.`],
  };
}

async function verifyFound(deps: Deps, catalog: Catalog, found: CatalogRoots): Promise<RunResult> {
  const totals: Totals = {
    total: 0,
    right: 0,
    changed: 0,
    damaged: 0,
    failed: 0,
    unrecorded: 0,
    gone: 0,
    bytes: 0,
  };
  const failures: Failure[] = [...found.problems];
  for (const what of found.lost) {
    totals.total += 1;
    totals.gone += 1;
    failures.push({
      what,
      code: 'file-gone',
      why: 'It was there at the last scan and is not now.',
      next: 'Restore it, or scan again to take note.',
    });
  }
  const files = filesOf(found);
  const records = await recordsOf(catalog, files);
  const phase = deps.progress.phase('Verifying', bytesOf(files), 'bytes');
  const hasher = await deps.hasher([]);
  await inPool(files, deps.settings.hashThreads * 2, async ({ root, file }) => {
    if (deps.signal.aborted) throw new InterruptedError();
    const { verdict, failure } = await judge(deps, hasher, root, file, records.get(file.fileId));
    phase.advance(file.walked.size);
    totals.total += 1;
    totals.bytes += file.walked.size;
    totals[verdict] += 1;
    if (failure !== undefined) failures.push(failure);
  }).finally(() => phase.end());
  return {
    counts: { ...totals },
    warnings: absences(found),
    failures,
    exitCode: failures.length > 0 ? 3 : 0,
    summary: summaryOf(totals),
  };
}

function summaryOf(totals: Totals): string[] {
  const { total, bytes, right, changed, damaged, unrecorded, gone, failed } = totals;
  return [
    '',
    `${formatCount(total)} files, ${formatBytes(bytes)} read`,
    `${formatCount(right)} right   ${formatCount(changed)} changed since the scan   ${formatCount(damaged)} damaged   ${formatCount(gone)} gone   ${formatCount(unrecorded)} without a record   ${formatCount(failed)} unreadable`,
  ];
}

type Verdict = 'right' | 'changed' | 'damaged' | 'failed' | 'unrecorded';
type Totals = Record<Verdict | 'total' | 'gone' | 'bytes', number>;

interface Recorded {
  readonly sha256: string;
  readonly size: number;
  readonly mtimeNs: string;
}

async function recordsOf(catalog: Catalog, files: readonly OneFile[]): Promise<Map<number, Recorded>> {
  const rows = await readByKeys(
    files.map(({ file }) => file.fileId as number),
    (some) =>
      catalog.db
        .selectFrom('file')
        .innerJoin('blob', 'blob.id', 'file.blob_id')
        .select(['file.id', 'blob.sha256', 'file.size', 'file.mtime_ns'])
        .where('file.id', 'in', some)
        .execute(),
  );
  return new Map(rows.map((row) => [row.id, { sha256: row.sha256, size: row.size, mtimeNs: row.mtime_ns }]));
}

async function judge(
  deps: Deps,
  hasher: Awaited<ReturnType<Deps['hasher']>>,
  root: string,
  file: StockFile,
  record: Recorded | undefined,
): Promise<{ verdict: Verdict; failure?: Failure }> {
  const what = `${root}/${file.walked.path}`;
  try {
    const hashed = await hasher.hash(absolutePath(root, file.walked), {
      signal: deps.signal,
      size: file.walked.size,
    });
    if (record === undefined) return { verdict: 'unrecorded' };
    if (hashed.sha256 === record.sha256) return { verdict: 'right' };
    if (hashed.size !== record.size || hashed.mtimeNs !== record.mtimeNs) {
      return {
        verdict: 'changed',
        failure: {
          what,
          code: 'file-changed',
          why: 'The file is another one than at the last scan.',
          next: 'civitarium scan takes it in anew.',
        },
      };
    }
    return {
      verdict: 'damaged',
      failure: {
        what,
        code: 'file-damaged',
        why: `Its times are as they were but its bytes are not: SHA-256 was ${record.sha256}.`,
        next: 'Restore it from a copy; civitarium duplicates may know one.',
      },
    };
  } catch (error) {
    if (deps.signal.aborted) throw new InterruptedError();
    return { verdict: 'failed', failure: { what, code: 'unreadable', why: messageOf(error) } };
  }
}
