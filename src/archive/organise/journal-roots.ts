import { lstatSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Kysely } from 'kysely';
import { CatalogError } from '../../base/errors.ts';
import { rootsOf } from '../../catalog/root.ts';
import type { Tables } from '../../catalog/schema.ts';
import { onDisk, shownPath } from '../../library/disk-path.ts';
import type { PathText } from '../../library/disk-path.ts';
import { reachedAt } from '../../library/file-identity.ts';
import { boundsOf } from '../../library/inside.ts';
import type { Bounds } from '../../library/inside.ts';

/** A root that files are moved from or to. */
export interface JournalRoot {
  readonly id: number;
  /** Absolute. */
  readonly path: string;
  readonly bounds: Bounds;
  /** It is gone, or an empty folder of another drive than before: nothing is brought back to it. */
  readonly isAbsent: boolean;
}

/** The roots of a host by id, each with the bounds of what may be written in it. */
export async function journalRoots(db: Kysely<Tables>, hostId: string): Promise<Map<number, JournalRoot>> {
  const roots = await rootsOf(db, hostId);
  return new Map(
    roots.map(({ id, path, device }) => [
      id,
      { id, path, bounds: boundsOf(path, linkedFolders(path)), isAbsent: isAbsent(path, device) },
    ]),
  );
}

function isAbsent(root: string, device: string | null): boolean {
  const now = reachedAt(root);
  if (now?.kind !== 'folder') return true;
  return device !== null && now.device !== device && readdirSync(root).length === 0;
}

/** Folders directly in a root that the user made as links to elsewhere: what lies behind them is the user's too. */
function linkedFolders(root: string): string[] {
  try {
    return readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
      entry.isSymbolicLink() ? [entry.name] : [],
    );
  } catch {
    // An absent root has no links; what is to be done in it fails by itself.
    return [];
  }
}

/**
 * Bounds for bringing a file back to where the user had it: every link on the way to that folder was there before us.
 */
export function boundsBack(root: JournalRoot, folder: string): Bounds {
  const links: string[] = [];
  for (let at = folder; at.startsWith(`${root.path}/`); at = dirname(at)) {
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true)
      links.push(at.slice(root.path.length + 1));
  }
  return links.length === 0 ? root.bounds : boundsOf(root.path, links);
}

/** Where a file lies in its root, as a row of the catalog says it. */
export function placeIn(
  root: JournalRoot,
  path: PathText,
): { path: string; pathKey: string; rawPath: Uint8Array | undefined; name: string; folder: string } {
  const shown = shownPath(path).slice(root.path.length + 1);
  const cut = shown.lastIndexOf('/');
  const disk = onDisk(path);
  const rawPath = typeof disk === 'string' ? undefined : disk.subarray(Buffer.byteLength(root.path) + 1);
  return {
    path: shown,
    pathKey: rawPath === undefined ? shown : `hex:${rawPath.toString('hex')}`,
    rawPath,
    name: shown.slice(cut + 1),
    folder: cut < 0 ? '' : shown.slice(0, cut),
  };
}

/** The root of a step. Throws CatalogError `root-forgotten` when the catalog no longer knows it. */
export function rootOf(roots: ReadonlyMap<number, JournalRoot>, id: number): JournalRoot {
  const root = roots.get(id);
  if (root !== undefined) return root;
  throw new CatalogError('A folder that files were moved in is no longer known.', {
    code: 'root-forgotten',
    next: 'Scan it again.',
  });
}
