import { planTransfers } from '../../archive/download/plan-transfers.ts';
import type { PlannedWant } from '../../archive/download/plan-transfers.ts';
import type { Coverage } from '../../archive/posts/coverage.ts';
import { recordHeld } from '../../archive/download/record-held.ts';
import { resolveTargets } from '../../archive/download/resolve.ts';
import type { Ended, QueueOutcome } from '../../archive/download/run-queue.ts';
import { arrangeWants } from '../../archive/users/arrange-wants.ts';
import type { Arranged } from '../../archive/users/arrange-wants.ts';
import type { Unwanted, Wants } from '../../archive/download/want.ts';
import { faultPoint } from '../../base/fault-point.ts';
import type { Catalog } from '../../catalog/open.ts';
import { queueTransfers } from '../../catalog/transfer.ts';
import type { Transfer, TransferInput } from '../../catalog/transfer.ts';
import { unofficialIn } from '../../net/tally.ts';
import type { Deps } from '../deps.ts';
import { aloneIn } from '../scanning/alone-in.ts';
import { checkKey } from '../scanning/check-key.ts';
import { NO_GALLERIES, showImages } from '../scanning/image-galleries.ts';
import type { ImagesShown } from '../scanning/image-galleries.ts';
import { joinOutcomes } from '../scanning/join-outcomes.ts';
import type { ScanOutcome } from '../scanning/scan-request.ts';
import { bringFiles } from './bring-files.ts';
import { checkOutput } from './check-output.ts';
import { copyLoras, NO_COPIES } from './copy-loras.ts';
import type { CopiedLoras } from './copy-loras.ts';
import { describeFiles } from './describe-files.ts';
import { describeImages, NO_IMAGES } from './describe-images.ts';
import type { DescribedImages } from './describe-images.ts';
import { describeUsers, NO_USERS, openLogs } from './describe-users.ts';
import type { DescribedUsers } from './describe-users.ts';
import type { GetRequest } from './get-request.ts';
import { keepCoverage } from './keep-coverage.ts';
import { openUnofficial, unofficialWarnings } from './open-unofficial.ts';
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
  readonly users: DescribedUsers;
  readonly copies: CopiedLoras;
  /** The galleries of images that came. */
  readonly shown: ImagesShown;
  readonly coverage: readonly Coverage[];
  /** The plan, under `--dry-run`. */
  readonly lines: readonly string[] | undefined;
  readonly requests: number;
  /** Of these, those to the API of the site's own pages. */
  readonly unofficial: number;
  readonly tookMs: number;
}

/** Finds out what the targets are, plans, fetches what is missing, and describes what has come. */
export async function getWanted(deps: Deps, request: GetRequest): Promise<GetOutcome> {
  const startedAt = deps.clock.now();
  const catalog = await deps.catalog();
  for (const output of outputsOf(request)) await checkOutput(deps, catalog, output);
  const warnings = [...(await checkKey(deps)), ...unofficialWarnings(deps)];
  const wants = await askForTargets(deps, catalog, request);
  const again = wantsFailed(request) ? await plannedAgain(deps, catalog, request) : [];
  let places: Arranged['places'] = new Map();
  const plan = async (): Promise<PlannedWant[]> => {
    const arranged = await arrange(deps, catalog, request, wants);
    ({ places } = arranged);
    return [...again, ...(await planNow(deps, catalog, request, arranged))];
  };
  const unwanted = [...request.unread, ...wants.unwanted];
  const ends = { unwanted, warnings: [...warnings, ...wants.notes], coverage: wants.coverage ?? [] };
  if (deps.settings.dryRun || request.exportList !== undefined) {
    const planned = await plan();
    const lines = [
      ...planLines(planned, unwanted, request.output),
      ...(await listed(deps, planned, request)),
    ];
    const nothing = {
      ended: [],
      stopped: undefined,
      described: joinOutcomes([]),
      images: NO_IMAGES,
      users: NO_USERS,
      copies: NO_COPIES,
      shown: NO_GALLERIES,
    };
    return { planned, ...ends, ...nothing, lines, ...(await costs(deps, startedAt)) };
  }
  const { planned, rows } = await aloneIn(deps, outputsOf(request), async () => {
    const made = await plan();
    if (request.users !== undefined) await recordHeld(catalog, await deps.hostId(), made, deps.clock.now());
    return { planned: made, rows: await queue(deps, catalog, made) };
  });
  for (const line of planLines(planned, unwanted, request.output)) deps.progress.note(line);
  const logs = await openLogs(deps, catalog, request, planned, unwanted);
  const brought = await bringFiles(deps, catalog, rows, request, logs?.ended);
  const came = [...planned, ...brought.ended];
  // Before pages are written: those of creators tell it.
  await keepCoverage(catalog, { ...ends, planned, ended: brought.ended, lines: undefined });
  const images = await describeImages(deps, catalog, came, request);
  const described = await describeFiles(deps, came, request);
  const copies = await copyLoras(deps, catalog, came, request);
  const users = await describeUsers(deps, catalog, request, { models: wants.models ?? [], places, logs });
  const did = { planned, ...ends, ...brought, described, images, users, copies, lines: undefined };
  faultPoint('get.described');
  const shown = await showImages(deps, catalog, [...outputsOf(request), ...imageOutputs(came)]);
  return { ...did, shown, ...(await costs(deps, startedAt)) };
}

/** Every folder that something may come into, absolute. */
function outputsOf({ output, users }: GetRequest): string[] {
  const trees = users === undefined ? [] : [users.users, users.posts];
  return [...new Set([output, ...trees])];
}

/** The folders that images of this run lie in. */
function imageOutputs(came: readonly (PlannedWant | Ended)[]): string[] {
  return came.flatMap((one) => {
    if ('step' in one) return one.want.kind === 'image' && one.step === 'held' ? [one.want.output] : [];
    return one.row.kind === 'image' && one.end.state === 'done' ? [one.row.output] : [];
  });
}

/** Puts what is wanted where the profile has it. */
async function arrange(
  deps: Deps,
  catalog: Catalog,
  { users }: GetRequest,
  { wants, models = [] }: Wants,
): Promise<Arranged> {
  if (users === undefined) return { wants, places: new Map() };
  const told = new Map(models.map(({ value }) => [value.id, value]));
  return await arrangeWants(wants, {
    catalog,
    hostId: await deps.hostId(),
    roots: users,
    models: [...told.values()],
    keep: !deps.settings.dryRun,
  });
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

async function costs(
  deps: Deps,
  startedAt: number,
): Promise<Pick<GetOutcome, 'requests' | 'unofficial' | 'tookMs'>> {
  const tally = (await deps.net()).tally();
  return { requests: tally.total, unofficial: unofficialIn(tally), tookMs: deps.clock.now() - startedAt };
}

async function askForTargets(deps: Deps, catalog: Catalog, request: GetRequest): Promise<Wants> {
  if (request.asked.length === 0) return { wants: [], unwanted: [], notes: [] };
  const phase = deps.progress.phase('Asking Civitai', undefined, 'answers');
  try {
    const { apiUrl, key, browsingLevel, dryRun, forceRefresh } = deps.settings;
    const unofficial = await openUnofficial(deps);
    return await resolveTargets(request.asked, {
      client: await deps.client(),
      clock: deps.clock,
      log: deps.log,
      apiOrigin: new URL(apiUrl).origin,
      output: request.output,
      choices: request.choices,
      levels: browsingLevel,
      unofficial,
      onPage: () => phase.advance(1),
      asker: `host=${new URL(apiUrl).hostname} key=${key === undefined ? 'no' : 'yes'}${unofficial === undefined ? '' : ' unofficial'}`,
      walksWhole: request.complete || forceRefresh,
      walksTwice: request.complete,
      keepIn: dryRun ? undefined : catalog,
      catalog,
      bringsTogether: request.users !== undefined,
      asksAtOnce: request.asksAtOnce,
    });
  } finally {
    phase.end();
  }
}

async function planNow(
  deps: Deps,
  catalog: Catalog,
  { retryFailed }: GetRequest,
  { wants }: Pick<Wants, 'wants'>,
): Promise<PlannedWant[]> {
  return await planTransfers(wants, {
    catalog,
    hostId: await deps.hostId(),
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
    creator: want.belongs?.creator,
  }));
  return await queueTransfers(catalog, await deps.hostId(), inputs, deps.clock.now());
}
