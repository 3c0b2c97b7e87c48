import { existsSync } from 'node:fs';
import { UserError } from '../../base/errors.ts';
import { knownDescribed } from '../../archive/described-models.ts';
import { narrowed, presenceOf, stockAsKnown, walkTarget } from '../../archive/take-stock.ts';
import type { Stock, WalkedRoot } from '../../archive/take-stock.ts';
import { isInside, resolveTargets } from '../../archive/targets.ts';
import type { Target } from '../../archive/targets.ts';
import { filesOfRoot } from '../../catalog/file.ts';
import type { Catalog } from '../../catalog/open.ts';
import { rootsOf } from '../../catalog/root.ts';
import type { Root } from '../../catalog/root.ts';
import type { Deps } from '../deps.ts';
import type { Failure } from '../verb.ts';
import { aloneIn } from './alone-in.ts';
import type { Layout } from './layout.ts';
import { galleryFolder } from './settle.ts';
import { foldersWritten } from './shared-galleries.ts';

export interface CatalogRoots {
  readonly roots: readonly WalkedRoot[];
  readonly stocks: ReadonlyMap<WalkedRoot, Stock>;
  /** Known roots that are not there just now, absolute. */
  readonly absent: readonly string[];
  /** Absolute paths of files that were there at the last scan and are not now. */
  readonly lost: readonly string[];
  /** Places that could not be looked at. */
  readonly problems: readonly Failure[];
}

/** Which files of a root are meant: those that one of these is true of; all when there are none. */
type Wanted = ReadonlyMap<Root, readonly ((path: string) => boolean)[]>;

/**
 * Roots as the catalog knows them, walked but not compared: for verbs that work with what is known. Without paths every
 * root of this host; paths inside a root mean its files there. Throws UserError (`not-scanned`) when a path was never
 * scanned.
 */
export async function catalogRoots(
  deps: Deps,
  catalog: Catalog,
  paths: readonly string[],
): Promise<CatalogRoots> {
  const wanted = await wantedRoots(deps, catalog, paths);
  const found = {
    roots: [] as WalkedRoot[],
    stocks: new Map<WalkedRoot, Stock>(),
    absent: [] as string[],
    lost: [] as string[],
    problems: [] as Failure[],
  };
  for (const [root, filters] of wanted) {
    const walked = await walkAsKnown(deps, catalog, root, filters);
    if (walked === undefined) {
      found.absent.push(root.path);
      continue;
    }
    const { lost, ...stock } = stockAsKnown(await filesOfRoot(catalog.db, root.id), walked);
    found.roots.push(walked);
    found.stocks.set(walked, { ...stock, described: await knownDescribed(catalog.db, root.id) });
    found.lost.push(...lost.map((path) => `${root.path}/${path}`));
    found.problems.push(...problemsOf(walked));
  }
  return found;
}

/** Gives the roots to work that writes, alone in them and in the folders that their galleries are in. */
export async function withCatalogRoots<T>(
  deps: Deps,
  catalog: Catalog,
  wanted: { readonly paths: readonly string[]; readonly layout: Layout | undefined },
  work: (found: CatalogRoots) => Promise<T>,
): Promise<T> {
  const roots = [...(await wantedRoots(deps, catalog, wanted.paths)).keys()];
  const known = await rootsOf(catalog.db, await deps.hostId());
  const { layout } = wanted;
  const folders = [
    ...foldersWritten(known, new Set(roots.map(({ id }) => id)), deps.cwd),
    ...(layout === undefined ? [] : roots.map((root) => galleryFolder(root.path, layout, deps.cwd))),
  ];
  // Looked at once alone: another run may have been at work until now.
  return await aloneIn(deps, folders, async () => work(await catalogRoots(deps, catalog, wanted.paths)));
}

async function wantedRoots(deps: Deps, catalog: Catalog, paths: readonly string[]): Promise<Wanted> {
  const known = await rootsOf(catalog.db, await deps.hostId());
  const wanted = paths.length === 0 ? outermost(known) : pick(known, resolveTargets(paths, deps.cwd));
  if (wanted.size > 0) return wanted;
  throw new UserError('No folder was scanned yet.', {
    code: 'not-scanned',
    next: 'civitarium scan FOLDER comes first.',
  });
}

/** The places of a root that could not be looked at, for the result of a run. */
export function problemsOf({ target, walk }: Pick<WalkedRoot, 'target' | 'walk'>): Failure[] {
  return walk.problems.map(({ path, code, why }) => ({ what: `${target.root}/${path}`, code, why }));
}

/** A root inside another is walked with that. */
function outermost(known: readonly Root[]): Wanted {
  return new Map(
    known.filter((root) => !known.some((other) => isInside(other.path, root.path))).map((root) => [root, []]),
  );
}

function pick(known: readonly Root[], targets: readonly Target[]): Wanted {
  const wanted = new Map<Root, ((path: string) => boolean)[]>();
  const whole = new Set<Root>();
  for (const { root: path, only } of targets) {
    const root = known.find((one) => one.path === path) ?? known.find((one) => isInside(one.path, path));
    if (root === undefined)
      throw new UserError(`${path} was never scanned.`, {
        code: 'not-scanned',
        next: `civitarium scan ${path} comes first.`,
      });
    const start =
      root.path === path ? '' : `${path.slice(root.path.length).replaceAll('\\', '/').replace(/^\//, '')}/`;
    if (start === '' && only === undefined) whole.add(root);
    const filters = wanted.get(root) ?? [];
    wanted.set(root, filters);
    filters.push(
      (file) => file.startsWith(start) && (only === undefined || only.has(file.slice(start.length))),
    );
  }
  for (const root of whole) wanted.set(root, []);
  return wanted;
}

/** `undefined` when the root is not there: nothing follows from that. */
async function walkAsKnown(
  deps: Deps,
  catalog: Catalog,
  root: Root,
  filters: readonly ((path: string) => boolean)[],
): Promise<WalkedRoot | undefined> {
  if (!existsSync(root.path)) return undefined;
  const target = { root: root.path, only: undefined };
  const whole = await walkTarget(target, { signal: deps.signal });
  const presence = await presenceOf(catalog, root, whole);
  if (presence.state === 'absent') return undefined;
  const walk =
    filters.length === 0 ? whole : narrowed(whole, (path) => filters.some((filter) => filter(path)));
  const renumbered =
    presence.renumbered && root.device !== null ? { before: root.device, now: whole.device } : undefined;
  return { target, root, walk, renumbered };
}
