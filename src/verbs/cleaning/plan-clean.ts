import type { CleanItem, CleanPlan, Refused, Unwanted } from '../../archive/clean/clean-item.ts';
import { goneOutputs, goneThumbs } from '../../archive/clean/gone-outputs.ts';
import { judgeOutputs } from '../../archive/clean/judge-outputs.ts';
import { planCopies } from '../../archive/clean/plan-copies.ts';
import type { WalkedRoot } from '../../archive/take-stock.ts';
import { equalCopies, sameTensorCopies } from '../../catalog/duplicates.ts';
import { filesOfRoot } from '../../catalog/file.ts';
import { organisedFiles } from '../../catalog/journal.ts';
import type { Catalog } from '../../catalog/open.ts';
import { outputsOf } from '../../catalog/output.ts';
import { statesOf } from '../../catalog/state.ts';
import { reconcile } from '../../library/reconcile.ts';
import type { Deps } from '../deps.ts';
import type { CatalogRoots } from '../scanning/catalog-roots.ts';
import { layoutOf } from '../scanning/layout.ts';
import { rootJobs } from '../scanning/root-jobs.ts';
import { unusedOutputs } from '../scanning/unused-outputs.ts';

/** What is to be cleaned up besides what belongs to no file any more. */
export interface CleanWish {
  readonly duplicates: boolean;
  readonly sameTensors: boolean;
}

export interface PreparedClean extends CleanPlan {
  /** Library files that the catalog has as present and that are gone. */
  readonly newlyGone: readonly number[];
  readonly warnings: readonly string[];
}

/** Looks at the roots and plans; nothing is written. What can't be looked at leads to nothing. */
export async function planClean(
  deps: Deps,
  catalog: Catalog,
  found: CatalogRoots,
  wish: CleanWish,
  signal: AbortSignal,
): Promise<PreparedClean> {
  const stock = await takeLook(catalog, found);
  const unwanted = [...(await goneIn(catalog, found, stock)), ...(await unusedIn(deps, catalog, found))];
  const copies = await copiesIn(deps, catalog, found, stock, wish, signal);
  const notes = await notesOf(catalog, copies);
  const byPath = new Map([...unwanted, ...notes].map((one) => [one.row.path, one]));
  const judged = await judgeOutputs([...byPath.values()], signal);
  return {
    items: [...copies, ...judged.items],
    refused: judged.refused,
    newlyGone: stock.newlyGone,
    warnings: layoutWarnings(found),
  };
}

interface Look {
  /** Paths of files that are gone, by library file. */
  readonly gone: ReadonlyMap<number, string>;
  readonly newlyGone: number[];
  /** Library files that are as they were when last seen. */
  readonly unchanged: ReadonlySet<number>;
}

async function takeLook(catalog: Catalog, { roots }: CatalogRoots): Promise<Look> {
  const gone = new Map<number, string>();
  const newlyGone: number[] = [];
  const unchanged = new Set<number>();
  for (const { root, walk, renumbered } of roots) {
    const rows = await filesOfRoot(catalog.db, root.id);
    const result = reconcile(
      rows.filter((row) => walk.isMeant(row.path)),
      { ...walk, files: walk.meant },
      renumbered === undefined ? {} : { renumbered },
    );
    for (const { row } of result.unchanged) if (row.state === 'present') unchanged.add(row.id);
    // One that was renamed and not scanned since is not gone.
    for (const row of result.gone) gone.set(row.id, row.path);
    for (const row of result.gone) if (row.state === 'present') newlyGone.push(row.id);
  }
  return { gone, newlyGone, unchanged };
}

async function goneIn(catalog: Catalog, { roots }: CatalogRoots, { gone }: Look): Promise<Unwanted[]> {
  if (gone.size === 0) return [];
  const unwanted: Unwanted[] = [];
  for (const { root } of roots)
    unwanted.push(...goneOutputs(await outputsOf(catalog.db, { rootId: root.id }), gone));
  return [...unwanted, ...(await goneThumbs(catalog.db, unwanted))];
}

/** What lies where a file of that name, or another profile, had it. A root whose last scan was cut short says nothing of its layout. */
async function unusedIn(deps: Deps, catalog: Catalog, found: CatalogRoots): Promise<Unwanted[]> {
  const unwanted: Unwanted[] = [];
  for (const root of found.roots) {
    const layout = layoutOf(root.root);
    if (layout === undefined) continue;
    const request = { ...layout, images: 'none' as const };
    const jobs = await rootJobs(catalog, { roots: [root], stocks: found.stocks, request }, deps.cwd);
    for (const row of jobs.flatMap((job) => unusedOutputs(job)))
      unwanted.push({ row, reason: 'unused', why: 'Its model file has it elsewhere now.' });
  }
  return unwanted;
}

function layoutWarnings({ roots }: CatalogRoots): string[] {
  return roots
    .filter(({ root }) => layoutOf(root) === undefined)
    .map(({ root }: WalkedRoot) => `The last scan of ${root.path} was cut short: scan it again first.`);
}

async function copiesIn(
  deps: Deps,
  catalog: Catalog,
  { roots }: CatalogRoots,
  { unchanged }: Look,
  wish: CleanWish,
  signal: AbortSignal,
): Promise<CleanItem[]> {
  if (!wish.duplicates && !wish.sameTensors) return [];
  const ids = roots.map(({ root }) => root.id);
  const equal = await equalCopies(catalog.db, ids);
  const alike = wish.sameTensors ? await sameTensorCopies(catalog.db, ids) : [];
  const shas = new Set(alike.flatMap((group) => group.map((copy) => copy.sha256)));
  const states = await statesOf(catalog.db, 'hash', shas);
  const facts = {
    unchanged,
    organised: await organisedFiles(catalog.db, await deps.hostId()),
    found: new Set([...states].flatMap(([sha256, { state }]) => (state === 'found' ? [sha256] : []))),
    signal: deps.settings.dryRun ? undefined : signal,
  };
  const extra = await planCopies(equal, 'duplicate', facts);
  const going = new Set(extra.map((item) => item.fileId));
  const others = alike.map((group) => group.filter((copy) => !going.has(copy.id)));
  return [...extra, ...(await planCopies(others, 'same-tensors', facts))];
}

/** What we wrote about copies that go. */
async function notesOf(catalog: Catalog, copies: readonly CleanItem[]): Promise<Unwanted[]> {
  const byFile = new Map(copies.map((item) => [item.fileId, item]));
  const rows = await outputsOf(catalog.db, { fileIds: byFile.keys() });
  return rows.flatMap((row): Unwanted[] => {
    const item = byFile.get(row.file_id ?? 0);
    return item === undefined ? [] : [{ row, reason: item.reason, why: 'It is about a copy that goes.' }];
  });
}

/** Nothing planned, nothing refused. */
export function isNothing(plan: {
  readonly items: readonly CleanItem[];
  readonly refused: readonly Refused[];
}): boolean {
  return plan.items.length === 0 && plan.refused.length === 0;
}
