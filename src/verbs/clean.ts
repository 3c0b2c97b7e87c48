import { formatBytes, formatCount } from '../base/bytes.ts';
import type { AppError } from '../base/errors.ts';
import { UserError } from '../base/errors.ts';
import { faultPoint } from '../base/fault-point.ts';
import type { RunId } from '../base/ids.ts';
import { learnTensorHashes } from '../archive/clean/tensor-hashes.ts';
import type { Trashed } from '../archive/clean/trash-files.ts';
import type { Catalog } from '../catalog/open.ts';
import { pagesWritten } from '../catalog/pages-due.ts';
import { rootsBehind } from '../catalog/output.ts';
import { shownPath } from '../library/disk-path.ts';
import { cleanLines, counted, totalOf } from './cleaning/clean-lines.ts';
import { emptyOut, listTrash, readAge } from './cleaning/empty-out.ts';
import { moveToTrash } from './cleaning/move-to-trash.ts';
import { isNothing, planClean } from './cleaning/plan-clean.ts';
import type { CleanWish, PreparedClean } from './cleaning/plan-clean.ts';
import { takeOut } from './cleaning/take-out.ts';
import type { Deps } from './deps.ts';
import { flagOption, textOption } from './option.ts';
import type { Input } from './option.ts';
import { withFilesLease } from './organising/files-lease.ts';
import { recoverHeld } from './organising/recover-moves.ts';
import type { RecoveredHeld } from './organising/recover-moves.ts';
import { rewritePages, rewritePagesAlone } from './organising/rewrite-pages.ts';
import { recorded } from './record-run.ts';
import { catalogRoots, withCatalogRoots } from './scanning/catalog-roots.ts';
import type { CatalogRoots } from './scanning/catalog-roots.ts';
import type { Failure, RunResult, Verb } from './verb.ts';

/** More lines than this are no plan that anybody reads before saying yes. */
const LINES_TO_CONFIRM = 60;

/** `civitarium clean [PATH...]`: data of vanished files, and copies, into the trash. */
export const clean: Verb = {
  name: 'clean',
  summary: 'move data of vanished files, and copies on request, to the trash',
  description:
    'Moves what Civitarium wrote about model files that are gone (pages, previews, notes, thumbnails), and what lies where a file had it before, to a trash on the same drive. With --duplicates extra copies of the same bytes go too. Only what is still as it was written goes; a folder that is absent leads to nothing. On a terminal the plan is shown first; elsewhere --yes is wanted. --restore brings everything back, --empty-trash alone removes.',
  examples: [
    ['civitarium clean --dry-run', 'what would go, with sizes and reasons'],
    ['civitarium clean ~/models --duplicates', 'extra copies too, each with the one that stays'],
    ['civitarium clean --restore', 'everything of the last clean back to its place'],
    ['civitarium clean --empty-trash --older-than 30d', 'remove for good what lies there that long'],
  ],
  arguments: [
    {
      name: 'path',
      many: true,
      required: false,
      summary: 'folders or model files that were scanned; without any, all of them',
    },
  ],
  options: [
    { name: 'duplicates', kind: 'flag', summary: 'also all but one of files with the same bytes' },
    {
      name: 'same-tensors',
      kind: 'flag',
      summary: 'also all but one of files with the same tensors under another header (reads those alike)',
    },
    { name: 'list', kind: 'flag', summary: 'show what lies in the trash' },
    {
      name: 'restore',
      kind: 'optional',
      value: 'RUN',
      bare: 'last',
      summary: 'bring the files of a run back (bare: of the last one)',
    },
    { name: 'empty-trash', kind: 'flag', summary: 'remove what lies in the trash for good' },
    {
      name: 'older-than',
      kind: 'text',
      value: 'SPAN',
      summary: 'with --empty-trash: only runs that long ago: 12h, 30d, 8w (default 30d)',
    },
  ],
  async run(deps, input) {
    const what = wanted(input);
    const catalog = await deps.catalog();
    if (what.kind === 'list') return await listTrash(deps, catalog);
    if (deps.settings.dryRun) return await dryRun(deps, catalog, input, what);
    if (what.kind !== 'restore') needYes(deps, what.kind);
    return await recorded(
      deps,
      'clean',
      input,
      async (runId) =>
        await withFilesLease(deps, catalog, async (signal) => {
          const recovered = await recoverHeld(deps, catalog, { signal, finish: true });
          const result = await act(deps, catalog, { input, what, runId, recovered, signal });
          return { ...result, warnings: [...recovered.problems, ...result.warnings] };
        }),
    );
  },
};

type Wanted =
  | { readonly kind: 'list' }
  | { readonly kind: 'clean'; readonly wish: CleanWish }
  | { readonly kind: 'restore'; readonly run: string }
  | { readonly kind: 'empty'; readonly ageMs: number };

/** Throws UserError `bad-argument` where flags exclude each other. */
function wanted(input: Input): Wanted {
  const run = textOption(input, 'restore');
  const isEmptying = flagOption(input, 'empty-trash');
  const kinds = [run !== undefined, isEmptying, flagOption(input, 'list')].filter(Boolean).length;
  const wish = {
    duplicates: flagOption(input, 'duplicates'),
    sameTensors: flagOption(input, 'same-tensors'),
  };
  const isAboutFiles = wish.duplicates || wish.sameTensors || input.arguments.length > 0;
  if (kinds > 1 || (kinds > 0 && isAboutFiles)) {
    throw new UserError('--list, --restore and --empty-trash stand alone.', {
      code: 'bad-argument',
      next: 'Say one of them, without folders.',
    });
  }
  if (textOption(input, 'older-than') !== undefined && !isEmptying)
    throw new UserError('--older-than goes with --empty-trash.', { code: 'bad-argument' });
  if (flagOption(input, 'list')) return { kind: 'list' };
  if (isEmptying) return { kind: 'empty', ageMs: readAge(input) };
  return run === undefined ? { kind: 'clean', wish } : { kind: 'restore', run };
}

function needYes(deps: Deps, kind: 'clean' | 'empty' | 'list'): void {
  if (deps.terminal.interactive || deps.settings.yes) return;
  throw new UserError(
    kind === 'empty'
      ? 'Emptying the trash removes files for good, and nobody is here to be asked.'
      : 'Cleaning moves files to the trash, and nobody is here to be asked.',
    { code: 'needs-yes', next: 'Add --yes, or look first with --dry-run.' },
  );
}

async function dryRun(deps: Deps, catalog: Catalog, input: Input, what: Wanted): Promise<RunResult> {
  if (what.kind === 'restore') return await takeOut(deps, catalog, what.run, deps.signal);
  if (what.kind === 'empty') return await emptyOut(deps, catalog, what.ageMs, deps.signal);
  const found = present(await catalogRoots(deps, catalog, input.arguments), input);
  const wish = what.kind === 'clean' ? what.wish : { duplicates: false, sameTensors: false };
  const prepared = await planClean(deps, catalog, found, wish, deps.signal);
  const counts = countsOf(prepared, 0);
  return {
    counts: { ...counts, trashed: prepared.items.length, refused: prepared.refused.length },
    warnings: [
      ...prepared.warnings,
      ...(wish.sameTensors ? ['Files whose tensors were never hashed are left out of this look.'] : []),
    ],
    failures: failuresOf(prepared, found, undefined),
    exitCode: failuresOf(prepared, found, undefined).length > 0 ? 3 : 0,
    summary: [
      ...cleanLines(prepared),
      isNothing(prepared)
        ? 'There is nothing to clean up.'
        : `${totalOf(prepared.items)} would go to the trash. Nothing was changed.`,
    ],
    ...(found.absent.length + found.problems.length === 0 ? { listed: true as const } : {}),
    data: { plan: planData(prepared) },
  };
}

interface Work {
  readonly input: Input;
  readonly what: Wanted;
  readonly runId: RunId | undefined;
  readonly recovered: RecoveredHeld;
  readonly signal: AbortSignal;
}

async function act(deps: Deps, catalog: Catalog, work: Work): Promise<RunResult> {
  const { what, input, signal, recovered } = work;
  const behind = new Set([...recovered.roots, ...(await rootsBehind(catalog.db))]);
  if (behind.size > 0) await rewritePagesAlone(deps, catalog, behind, recovered.touched);
  await pagesWritten(catalog, recovered.due);
  if (what.kind === 'restore') return await takeOut(deps, catalog, what.run, signal);
  if (what.kind === 'empty') return await emptyOut(deps, catalog, what.ageMs, signal);
  const wish = what.kind === 'clean' ? what.wish : { duplicates: false, sameTensors: false };
  return await withCatalogRoots(deps, catalog, { paths: input.arguments, layout: undefined }, async (all) => {
    const found = present(all, input);
    if (wish.sameTensors) await learn(deps, catalog, found, signal);
    const prepared = await planClean(deps, catalog, found, wish, signal);
    if (prepared.items.length === 0) return resultOf(prepared, found, undefined, undefined);
    if (!(await isWanted(deps, prepared)))
      return resultOf(prepared, found, undefined, 'Nothing was changed.');
    return await carryOut(deps, catalog, prepared, found, work);
  });
}

/** Throws UserError `root-absent` when a folder that was named, or every one there is, is not there. */
function present(found: CatalogRoots, input: Input): CatalogRoots {
  const [absent] = found.absent;
  if (absent === undefined || (found.roots.length > 0 && input.arguments.length === 0)) return found;
  throw new UserError(`${absent} looks absent: it is gone, empty, or on another drive than before.`, {
    code: 'root-absent',
    next: 'Nothing was changed. Connect the drive; what lies about files that may still be there stays.',
  });
}

async function learn(
  deps: Deps,
  catalog: Catalog,
  { roots }: CatalogRoots,
  signal: AbortSignal,
): Promise<void> {
  await learnTensorHashes({
    catalog,
    signal,
    hasher: () => deps.hasher(['AutoV3']),
    rootIds: roots.map(({ root }) => root.id),
  });
}

async function isWanted(deps: Deps, prepared: PreparedClean): Promise<boolean> {
  if (!deps.terminal.interactive) return true;
  const lines = cleanLines(prepared);
  for (const line of lines.slice(0, LINES_TO_CONFIRM)) deps.terminal.print(line);
  if (lines.length > LINES_TO_CONFIRM)
    deps.terminal.print(
      `… and ${formatCount(lines.length - LINES_TO_CONFIRM)} more lines; --dry-run prints them all.`,
    );
  return await deps.terminal.confirm(
    `Move ${totalOf(prepared.items)} to the trash? "civitarium clean --restore" brings them back.`,
  );
}

async function carryOut(
  deps: Deps,
  catalog: Catalog,
  prepared: PreparedClean,
  found: CatalogRoots,
  { runId, signal }: Work,
): Promise<RunResult> {
  if (runId === undefined) throw new Error('A run that moves files must be recorded.');
  const trashed = await moveToTrash({ deps, catalog, runId, prepared, found, signal });
  const result = resultOf(prepared, found, trashed, undefined);
  if (trashed.stopped !== undefined) return result;
  const touched = new Set([...prepared.newlyGone, ...trashed.done.map(({ step }) => step.file_id)]);
  const roots = new Set(trashed.done.map(({ step }) => step.source_root_id));
  const pages = await rewritePages(deps, catalog, roots, touched);
  faultPoint('trash.pages-written');
  const failures = [...result.failures, ...pages.failures];
  return {
    ...result,
    failures,
    warnings: [...result.warnings, ...pages.warnings],
    exitCode: failures.length > 0 ? 3 : 0,
    data: { ...result.data, run: runId, folders: [...new Set(trashed.done.map(({ folder }) => folder))] },
  };
}

function resultOf(
  prepared: PreparedClean,
  found: CatalogRoots,
  trashed: Trashed | undefined,
  note: string | undefined,
): RunResult {
  const failures = failuresOf(prepared, found, trashed);
  const done = trashed?.done ?? [];
  const counts = countsOf(prepared, done.length);
  const bytes = done.reduce((sum, { step }) => sum + step.size, 0);
  return {
    counts,
    warnings: prepared.warnings,
    failures,
    exitCode: trashed?.stopped !== undefined ? 4 : failures.length > 0 ? 3 : 0,
    summary: [
      '',
      isNothing(prepared)
        ? 'There is nothing to clean up.'
        : `${counted(counts.planned)} planned   ${formatCount(counts.trashed)} in the trash   ${formatCount(counts.refused)} stay   ${formatBytes(bytes)}`,
      ...(note === undefined ? [] : [note]),
      ...(done.length > 0 ? ['civitarium clean --restore brings them back.'] : []),
    ],
    data: { plan: planData(prepared) },
  };
}

/** What was planned and did not go stays, whatever the reason: the parts make up the whole. */
function countsOf(
  { items, refused }: PreparedClean,
  trashed: number,
): Readonly<Record<'planned' | 'trashed' | 'refused', number>> {
  const planned = items.length + refused.length;
  return { planned, trashed, refused: planned - trashed };
}

function failuresOf(prepared: PreparedClean, found: CatalogRoots, trashed: Trashed | undefined): Failure[] {
  return [
    ...found.absent.map((path) => ({
      what: path,
      code: 'root-absent',
      why: 'It looks absent: gone, empty, or on another drive than before.',
      next: 'What lies about its files stays.',
    })),
    ...found.problems,
    ...prepared.refused.map(({ path, why }) => ({
      what: shownPath(path),
      code: 'not-ours',
      why,
      next: 'It was left as it is.',
    })),
    ...(trashed?.failures ?? []).map(({ step, error }) => ({
      what: shownPath(step.source),
      code: error.code,
      why: error.message,
      next: error.next,
    })),
    ...(trashed?.stopped === undefined ? [] : [stoppedFailure(trashed.stopped)]),
  ];
}

function stoppedFailure(stopped: AppError): Failure {
  return {
    what: 'disk',
    code: stopped.code,
    why: stopped.message,
    next: 'Free some space; the next command finishes what is planned.',
  };
}

function planData({ items, refused }: PreparedClean): readonly Readonly<Record<string, unknown>>[] {
  return [
    ...items.map(({ path, size, reason, why, kept }) => ({
      path: shownPath(path),
      size,
      reason,
      why,
      ...(kept === undefined ? {} : { kept: shownPath(kept.path) }),
    })),
    ...refused.map(({ path, size, why }) => ({ path: shownPath(path), size, reason: 'refused', why })),
  ];
}
