import { formatBytes, formatCount } from '../base/bytes.ts';
import { InterruptedError, messageOf } from '../base/errors.ts';
import { inPool } from '../base/pool.ts';
import { absolutePath } from '../archive/hash-files.ts';
import type { StockFile } from '../archive/take-stock.ts';
import type { Catalog } from '../catalog/open.ts';
import type { Deps } from './deps.ts';
import { catalogRoots } from './scanning/catalog-roots.ts';
import type { Failure, Verb } from './verb.ts';

/** `civitarium verify [PATH...]`: are the bytes still those we knew? */
export const verify: Verb = {
  name: 'verify',
  summary: 'check that the bytes are still right',
  description:
    'Reads every model file again and compares its hash with the one on record and with the one Civitai publishes for the version it counts as. A file that was replaced since the last scan is "changed"; one whose times are as they were but whose bytes differ is "damaged".',
  examples: [
    ['civitarium verify', 'every scanned folder'],
    ['civitarium verify ~/models/lora', 'one of them'],
  ],
  arguments: [{ name: 'path', many: true, required: false, summary: 'folders that were scanned before' }],
  options: [],
  async run(deps, input) {
    const catalog = await deps.catalog();
    const { roots, stocks, absent } = await catalogRoots(deps, catalog, input.arguments);
    const totals: Totals = { total: 0, right: 0, changed: 0, damaged: 0, failed: 0, unrecorded: 0, bytes: 0 };
    const failures: Failure[] = [];
    const files = roots.flatMap((root) =>
      (stocks.get(root)?.files ?? []).map((file) => ({ root: root.target.root, file })),
    );
    const warnings = absent.map((path) => `${path} is not there and was left out.`);
    if (deps.settings.dryRun) {
      const bytes = files.reduce((sum, { file }) => sum + file.walked.size, 0);
      return {
        counts: { total: files.length },
        warnings,
        failures,
        exitCode: 0,
        summary: [`Would read ${formatCount(files.length)} files, ${formatBytes(bytes)}.`],
      };
    }
    const records = await recordsOf(catalog);
    const phase = deps.progress.phase(
      'Verifying',
      files.reduce((sum, { file }) => sum + file.walked.size, 0),
      'bytes',
    );
    const hasher = await deps.hasher([]);
    await inPool(files, deps.settings.hashThreads * 2, async ({ root, file }) => {
      if (deps.signal.aborted) throw new InterruptedError();
      const judged = await judge(deps, hasher, root, file, records.get(file.fileId));
      phase.advance(file.walked.size);
      totals.total += 1;
      totals.bytes += file.walked.size;
      totals[judged.verdict] += 1;
      if (judged.failure !== undefined) failures.push(judged.failure);
    });
    phase.end();
    const summary = [
      '',
      `${formatCount(totals.total)} files, ${formatBytes(totals.bytes)} read`,
      `${formatCount(totals.right)} right   ${formatCount(totals.changed)} changed since the scan   ${formatCount(totals.damaged)} damaged   ${formatCount(totals.unrecorded)} without a record   ${formatCount(totals.failed)} unreadable`,
    ];
    return { counts: { ...totals }, warnings, failures, exitCode: failures.length > 0 ? 3 : 0, summary };
  },
};

type Verdict = 'right' | 'changed' | 'damaged' | 'failed' | 'unrecorded';
type Totals = Record<Verdict | 'total' | 'bytes', number>;

interface Recorded {
  readonly sha256: string;
  readonly size: number;
  readonly mtimeNs: string;
}

async function recordsOf(catalog: Catalog): Promise<Map<number, Recorded>> {
  const rows = await catalog.db
    .selectFrom('file')
    .innerJoin('blob', 'blob.id', 'file.blob_id')
    .select(['file.id', 'blob.sha256', 'file.size', 'file.mtime_ns'])
    .where('file.state', '=', 'present')
    .execute();
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
