import { countStates } from '../../archive/count-states.ts';
import type { Stock, WalkedRoot } from '../../archive/take-stock.ts';
import type { Catalog } from '../../catalog/open.ts';
import type { Deps } from '../deps.ts';
import type { Failure } from '../verb.ts';
import { identifyRoots } from './identify-roots.ts';
import type { IdentifiedRoots } from './identify-roots.ts';
import type { ScanOutcome, ScanRequest } from './scan-request.ts';
import { endAsBefore, endIncomplete, settle, unsettle } from './settle.ts';
import { layoutOf, USUAL_LAYOUT } from './layout.ts';
import { withoutCopies } from './organised-copies.ts';
import { NOTHING_WRITTEN, writeLibrary } from './write-library.ts';

/** What is done between asking the site and writing: the files may lie elsewhere afterwards. */
export type BeforeWriting = (found: IdentifiedRoots) => Promise<ReadyToWrite>;

export interface ReadyToWrite {
  readonly roots: readonly WalkedRoot[];
  readonly stocks: ReadonlyMap<WalkedRoot, Stock>;
  readonly touched: ReadonlySet<number>;
  readonly warnings: readonly string[];
  readonly failures: readonly Failure[];
  /** False when nothing is to be written now. */
  readonly writes: boolean;
}

/** What a full scan needs to know of what came before it. */
export interface ScanContext {
  readonly startedAt: number;
  /** The settings it runs with. */
  readonly key: string;
  readonly problems: readonly Failure[];
  readonly beforeWriting?: BeforeWriting | undefined;
}

/** A scan of roots of which at least one is not as a complete scan left it. */
export async function fullScan(
  deps: Deps,
  catalog: Catalog,
  walked: readonly WalkedRoot[],
  request: ScanRequest,
  context: ScanContext,
): Promise<ScanOutcome> {
  await unsettle(catalog, walked);
  const found = await identifyRoots(deps, catalog, walked, request, context.startedAt);
  const ready = await (context.beforeWriting ?? asFound)(found);
  const written = ready.writes
    ? await writeLibrary(deps, catalog, {
        ...ready,
        request,
        sidecars: request.sidecars,
        online: found.stopped === undefined,
      })
    : NOTHING_WRITTEN;
  const failures = [...context.problems, ...found.hashing.failures, ...ready.failures, ...written.failures];
  const stopped = found.stopped ?? written.stopped;
  const isDone = stopped === undefined && failures.length === 0;
  if (!ready.writes) await endUnwritten(catalog, ready.roots);
  else if (isDone) await settle(deps, catalog, ready.roots, request, context.key);
  else await endIncomplete(catalog, ready.roots, request);
  const files = [...found.stocks.values()].flatMap((stock) => stock.files);
  const rootIds = [...new Set([...walked, ...ready.roots].map(({ root }) => root.id))];
  const ids = new Set<number>(files.map((file) => file.fileId));
  const counts = await countStates(
    catalog,
    rootIds,
    await withoutCopies(catalog, ids, request.uncountedCopiesOf ?? []),
  );
  return {
    counts: {
      ...counts,
      images: written.images,
      hashed: found.hashing.hashed,
      hash_bytes: found.hashing.bytes,
      previews: written.previews,
      pages: written.pages,
    },
    galleries: written.galleries,
    warnings: [...found.warnings, ...found.hashing.warnings, ...ready.warnings, ...written.warnings],
    failures,
    stopped,
    requests: (await deps.net()).tally().total,
    hashMs: found.hashing.tookMs,
    tookMs: deps.clock.now() - context.startedAt,
    previewBytes: written.previewBytes,
    written: written.written,
  };
}

/** Nothing was written, so nothing is known to be written: roots stay as they were before. */
async function endUnwritten(catalog: Catalog, roots: readonly WalkedRoot[]): Promise<void> {
  for (const walked of roots) await endAsBefore(catalog, [walked], layoutOf(walked.root) ?? USUAL_LAYOUT);
}

async function asFound({ roots, stocks, touched }: IdentifiedRoots): Promise<ReadyToWrite> {
  return await Promise.resolve({ roots, stocks, touched, warnings: [], failures: [], writes: true });
}
