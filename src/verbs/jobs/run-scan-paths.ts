import { UserError } from '../../base/errors.ts';
import type { RunId } from '../../base/ids.ts';
import type { Target } from '../../archive/targets.ts';
import { findRoot } from '../../catalog/root.ts';
import type { Catalog } from '../../catalog/open.ts';
import { parseNames } from '../../profiles/configured.ts';
import type { Deps } from '../deps.ts';
import { endCutMoves } from '../organising/end-cut-moves.ts';
import { withFilesLease } from '../organising/files-lease.ts';
import { recorded } from '../record-run.ts';
import { scanResult } from '../scan.ts';
import { aloneIn } from '../scanning/alone-in.ts';
import { joinOutcomes } from '../scanning/join-outcomes.ts';
import type { LayoutInput } from '../scanning/layout-inputs.ts';
import { NO_TYPE } from '../scanning/layout-inputs.ts';
import type { ScanOutcome, ScanRequest } from '../scanning/scan-request.ts';
import { foldersOf, scanAlone } from '../scanning/scan-roots.ts';
import type { Failure, RunResult } from '../verb.ts';
import { inputRoots } from './input-roots.ts';
import type { ScanPathsJob } from './job.ts';
import { parseOutput } from './job-scopes.ts';
import { checkWish, NOTHING_ORGANISED, organiseFound, planKnown } from './organise-phase.ts';
import type { OrganisePhase } from './organise-phase.ts';
import { compareHashes } from './compare-hashes.ts';

/** A job made ready: its request, and what could not be found. */
interface Prepared {
  readonly job: ScanPathsJob;
  readonly request: ScanRequest;
  readonly problems: readonly Failure[];
}

/**
 * A job `scan-paths`: discover and identify, then organise, then write at the new places, then the galleries. One run on
 * record; its steps of organising can be taken back with `undo`.
 */
export async function runScanPaths(deps: Deps, job: ScanPathsJob): Promise<RunResult> {
  // All of it is checked before anything is done.
  parseNames(job.names);
  if (job.organise !== undefined) checkWish(job.organise, deps.cwd);
  const catalog = await deps.catalog();
  const prepared = await prepare(deps, catalog, job);
  if (deps.settings.dryRun) return await planJob(deps, catalog, prepared);
  await endCutMoves(deps);
  const input = { arguments: job.inputs.map(({ path }) => path), options: { job: job.name } };
  return await recorded(deps, 'scan-paths', input, async (runId) => {
    if (job.organise === undefined || job.organise.dryRun)
      return await runAlone(deps, catalog, prepared, runId);
    return await withFilesLease(deps, catalog, (signal) =>
      runAlone({ ...deps, signal }, catalog, prepared, runId),
    );
  });
}

async function prepare(deps: Deps, catalog: Catalog, job: ScanPathsJob): Promise<Prepared> {
  const { inputs, targets, problems } = inputRoots(await withOutput(deps, catalog, job));
  const { skipExisting, verifyHashes, organise, images, maxAgeMs, names, leads } = job;
  const request: ScanRequest = {
    profile: 'configured',
    output: undefined,
    configured: { names, inputs, ...(leads.length === 0 ? {} : { leads }) },
    targets,
    images,
    onlyNew: false,
    skipMissing: false,
    maxAgeMs,
    patterns: undefined,
    sidecars: [],
    anew: !skipExisting,
    readsAll: verifyHashes,
    uncountedCopiesOf: organise === undefined ? [] : targets.map(({ root }) => root),
    jobKey: JSON.stringify({ verifyHashes, organise }),
  };
  return { job, request, problems };
}

/** What earlier runs organised into a folder elsewhere is kept up too: it is a root of its own since. */
async function withOutput(deps: Deps, catalog: Catalog, job: ScanPathsJob): Promise<LayoutInput[]> {
  if (job.organise === undefined) return [...job.inputs];
  const output = parseOutput(job.organise, deps.cwd);
  if (output.kind === 'each' || job.inputs.some(({ path }) => path === output.folder)) return [...job.inputs];
  const root = await findRoot(catalog.db, await deps.hostId(), output.folder);
  if (root === undefined) return [...job.inputs];
  const types = new Set(job.inputs.map(({ type }) => type));
  const [type = NO_TYPE] = types;
  const patterns = [...new Set(job.inputs.flatMap((input) => input.patterns))];
  return [
    ...job.inputs,
    { path: output.folder, type: types.size === 1 ? type : NO_TYPE, patterns, recursive: true },
  ];
}

async function runAlone(
  deps: Deps,
  catalog: Catalog,
  { job, request, problems }: Prepared,
  runId: RunId | undefined,
): Promise<RunResult> {
  const warnings: string[] = [];
  const failures = [...problems];
  const { uncountedCopiesOf: countedOnce = [] } = request;
  let phase: OrganisePhase | undefined;
  const organise = job.organise === undefined ? undefined : parseOutput(job.organise, deps.cwd);
  const folders = [...foldersOf(deps, request), ...(organise?.kind === 'one' ? [organise.folder] : [])];
  const outcome = await aloneIn(deps, folders, () =>
    scanAlone(deps, catalog, request, {
      onAbsent: (error) => {
        if (error.code === 'no-models') warnings.push(error.message);
        else failures.push({ what: job.name, code: error.code, why: error.message, next: error.next });
      },
      beforeWriting: async (found) => {
        const compared = job.verifyHashes
          ? await compareHashes(catalog, found)
          : { warnings: [], failures: [] };
        if (job.organise === undefined) return { ...found, ...compared, writes: true };
        phase = await organiseFound({ deps, catalog, runId, wish: job.organise, found, countedOnce });
        const { ready } = phase;
        return {
          ...ready,
          warnings: [...compared.warnings, ...ready.warnings],
          failures: [...compared.failures, ...ready.failures],
        };
      },
    }),
  );
  return resultOf(
    job,
    {
      ...outcome,
      warnings: [...warnings, ...outcome.warnings],
      failures: [...failures, ...outcome.failures],
    },
    phase,
    runId,
  );
}

function resultOf(
  job: ScanPathsJob,
  outcome: ScanOutcome,
  phase: OrganisePhase | undefined,
  runId: RunId | undefined,
): RunResult {
  const result = scanResult(outcome);
  if (phase === undefined && job.organise === undefined) return result;
  if (phase === undefined) return { ...result, counts: { ...result.counts, ...NOTHING_ORGANISED } };
  return {
    ...result,
    counts: { ...result.counts, ...phase.counts },
    summary: [...result.summary, ...phase.summary],
    data: { ...result.data, ...phase.data, run: runId },
  };
}

/** What the job would do. Nobody is asked, and nothing is written anywhere. */
async function planJob(
  deps: Deps,
  catalog: Catalog,
  { job, request, problems }: Prepared,
): Promise<RunResult> {
  const { planScan } = await import('../scanning/plan-scan.ts');
  const plans: ScanOutcome[] = [];
  const looked: Target[] = [];
  const warnings: string[] = [];
  const failures = [...problems];
  for (const target of request.targets) {
    try {
      plans.push(await planScan(deps, catalog, { ...request, targets: [target] }));
      looked.push(target);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (error.code === 'no-models') warnings.push(error.message);
      else failures.push({ what: target.root, code: error.code, why: error.message, next: error.next });
    }
  }
  const outcome = joinOutcomes(plans);
  const all = {
    ...outcome,
    planned: outcome.planned ?? [],
    warnings: [...warnings, ...outcome.warnings],
    failures: [...failures, ...outcome.failures],
  };
  if (job.organise === undefined) return scanResult(all);
  const { uncountedCopiesOf: countedOnce = [] } = request;
  const phase = await planKnown({ deps, catalog, wish: job.organise, targets: looked, countedOnce });
  const { ready } = phase;
  const joined = {
    ...all,
    warnings: [...all.warnings, ...ready.warnings],
    failures: [...all.failures, ...ready.failures],
  };
  return resultOf(job, joined, phase, undefined);
}
