import { planTransfers } from '../../archive/download/plan-transfers.ts';
import type { PlannedWant } from '../../archive/download/plan-transfers.ts';
import type { Coverage } from '../../archive/posts/coverage.ts';
import { resolveTargets } from '../../archive/download/resolve.ts';
import type { Ended, QueueOutcome } from '../../archive/download/run-queue.ts';
import type { Unwanted, Wants } from '../../archive/download/want.ts';
import type { Catalog } from '../../catalog/open.ts';
import { queueTransfers } from '../../catalog/transfer.ts';
import type { Transfer, TransferInput } from '../../catalog/transfer.ts';
import type { Deps } from '../deps.ts';
import { aloneIn } from '../scanning/alone-in.ts';
import { checkKey } from '../scanning/check-key.ts';
import { joinOutcomes } from '../scanning/join-outcomes.ts';
import type { ScanOutcome } from '../scanning/scan-request.ts';
import { bringFiles } from './bring-files.ts';
import { checkOutput } from './check-output.ts';
import { describeFiles } from './describe-files.ts';
import { describeImages, NO_IMAGES } from './describe-images.ts';
import type { DescribedImages } from './describe-images.ts';
import type { GetRequest } from './get-request.ts';
import { planLines } from './plan-lines.ts';
import { writeList } from './write-list.ts';
import { plannedAgain } from './planned-again.ts';

/** What `get` did, or would do. */
export interface GetOutcome {
  readonly planned: readonly PlannedWant[];
  readonly unwanted: readonly Unwanted[];
  readonly warnings: readonly string[];
  readonly ended: readonly Ended[];
  readonly stopped: QueueOutcome['stopped'];
  readonly described: ScanOutcome;
  readonly images: DescribedImages;
  readonly coverage: readonly Coverage[];
  /** The plan, under `--dry-run`. */
  readonly lines: readonly string[] | undefined;
  readonly requests: number;
  readonly tookMs: number;
}

/** Finds out what the targets are, plans, fetches what is missing, and describes what has come. */
export async function getWanted(deps: Deps, request: GetRequest): Promise<GetOutcome> {
  const startedAt = deps.clock.now();
  const catalog = await deps.catalog();
  await checkOutput(deps, catalog, request.output);
  const warnings = await checkKey(deps);
  const wants = await askForTargets(deps, catalog, request);
  const again = wantsFailed(request) ? await plannedAgain(deps, catalog, request) : [];
  const plan = async (): Promise<PlannedWant[]> => [
    ...again,
    ...(await planNow(deps, catalog, request, wants)),
  ];
  const unwanted = [...request.unread, ...wants.unwanted];
  const ends = { unwanted, warnings: [...warnings, ...wants.notes], coverage: wants.coverage ?? [] };
  if (deps.settings.dryRun || request.exportList !== undefined) {
    const planned = await plan();
    const lines = [
      ...planLines(planned, unwanted, request.output),
      ...(await listed(deps, planned, request)),
    ];
    const nothing = { ended: [], stopped: undefined, described: joinOutcomes([]), images: NO_IMAGES };
    return { planned, ...ends, ...nothing, lines, ...(await costs(deps, startedAt)) };
  }
  const { planned, rows } = await aloneIn(deps, [request.output], async () => {
    const made = await plan();
    return { planned: made, rows: await queue(deps, catalog, made) };
  });
  for (const line of planLines(planned, unwanted, request.output)) deps.progress.note(line);
  const brought = await bringFiles(deps, catalog, rows, request);
  const came = [...planned, ...brought.ended];
  const images = await describeImages(deps, catalog, came);
  const described = await describeFiles(deps, came, request);
  return {
    planned,
    ...ends,
    ...brought,
    described,
    images,
    lines: undefined,
    ...(await costs(deps, startedAt)),
  };
}

/** Writes the list that was asked for, and says so. */
async function listed(
  deps: Deps,
  planned: readonly PlannedWant[],
  { exportList }: GetRequest,
): Promise<string[]> {
  if (exportList === undefined || deps.settings.dryRun) return [];
  return await writeList(exportList, planned);
}

function wantsFailed({ retryFailed, asked, unread }: GetRequest): boolean {
  return retryFailed && asked.length === 0 && unread.length === 0;
}

async function costs(deps: Deps, startedAt: number): Promise<{ requests: number; tookMs: number }> {
  const net = await deps.net();
  return { requests: net.tally().total, tookMs: deps.clock.now() - startedAt };
}

async function askForTargets(deps: Deps, catalog: Catalog, request: GetRequest): Promise<Wants> {
  if (request.asked.length === 0) return { wants: [], unwanted: [], notes: [] };
  const phase = deps.progress.phase('Asking Civitai', undefined, 'answers');
  try {
    return await resolveTargets(request.asked, {
      client: await deps.client(),
      clock: deps.clock,
      log: deps.log,
      apiOrigin: new URL(deps.settings.apiUrl).origin,
      output: request.output,
      choices: request.choices,
      levels: deps.settings.browsingLevel,
      keepIn: deps.settings.dryRun ? undefined : catalog,
    });
  } finally {
    phase.end();
  }
}

async function planNow(
  deps: Deps,
  catalog: Catalog,
  { output, retryFailed }: GetRequest,
  { wants }: Wants,
): Promise<PlannedWant[]> {
  return await planTransfers(wants, {
    catalog,
    hostId: await deps.hostId(),
    output,
    now: deps.clock.now(),
    hasKey: deps.settings.key !== undefined,
    retries: retryFailed || deps.settings.forceRefresh,
    signal: deps.signal,
  });
}

/** The rows of what is to be fetched or shared, in the order of the plan, on record before the first byte. */
async function queue(deps: Deps, catalog: Catalog, planned: readonly PlannedWant[]): Promise<Transfer[]> {
  const open = planned.filter(({ step }) => step === 'fetch' || step === 'share');
  const inputs = open.map(({ want, path, row }): TransferInput => ({
    ...want,
    output: row?.output ?? want.output,
    path,
  }));
  return await queueTransfers(catalog, await deps.hostId(), inputs, deps.clock.now());
}
