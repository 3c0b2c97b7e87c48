import { isSystemError } from '../../base/errors.ts';
import type { Copy } from '../../catalog/duplicates.ts';
import type { KeptCopy } from '../../catalog/trash.ts';
import { onDisk, pathText } from '../../library/disk-path.ts';
import type { PathText } from '../../library/disk-path.ts';
import { isAsNoted, standingAt } from '../../library/file-identity.ts';
import { sha256Of } from '../../library/sha256-of.ts';
import type { CleanItem } from './clean-item.ts';

/** What decides which copy stays. */
export interface CopyFacts {
  /** Library files that are as they were when last hashed; others are left out. */
  readonly unchanged: ReadonlySet<number>;
  /** Library files that `organize` put where they are. */
  readonly organised: ReadonlySet<number>;
  /** SHA-256 of what the site knows. */
  readonly found: ReadonlySet<string>;
  /** Reads files whose hash another program noted; undefined takes its word, where nothing is moved. */
  readonly signal: AbortSignal | undefined;
}

/** Origins of hashes that were read off the very bytes, here or in a copy that was read back. */
const READ: ReadonlySet<string | null> = new Set(['read', 'moved', 'copied']);

/**
 * The extra copies of groups of equal files: all but one of each. The one that stays: among files whose headers differ the
 * one that the site knows; then one that `organize` put in its place; then the shortest path; then the first by name.
 */
export async function planCopies(
  groups: readonly (readonly Copy[])[],
  reason: 'duplicate' | 'same-tensors',
  facts: CopyFacts,
): Promise<CleanItem[]> {
  const items: CleanItem[] = [];
  for (const group of groups) {
    const real = await realCopies(group, facts);
    const [kept, ...extra] = [...real].sort((a, b) => prefer(a, b, facts));
    if (kept === undefined) continue;
    const stays: KeptCopy = {
      fileId: kept.id,
      path: copyPath(kept),
      size: kept.size,
      mtimeNs: kept.mtime_ns,
      inode: kept.inode,
    };
    for (const copy of extra)
      if (reason === 'duplicate' || copy.sha256 !== kept.sha256)
        items.push(itemOf(copy, stays, reason, whyKept(kept, copy, reason, facts)));
  }
  return items;
}

/** Where a copy lies, absolute. */
export function copyPath({
  root_path: root,
  path,
  raw_path: raw,
}: Pick<Copy, 'root_path' | 'path' | 'raw_path'>): PathText {
  return raw === null
    ? `${root === '/' ? '' : root}/${path}`
    : pathText(Buffer.concat([Buffer.from(`${root === '/' ? '' : root}/`), raw]));
}

/** Files of their own, as they were noted. A link takes no room, and a file with two names is one file. */
async function realCopies(group: readonly Copy[], { unchanged, signal }: CopyFacts): Promise<Copy[]> {
  const files = new Map<string, Copy>();
  for (const copy of group) {
    if (!unchanged.has(copy.id) || !isStanding(copy)) continue;
    // Without the device: one drive that is mounted twice shows each of its files under two.
    const identity = `${copy.inode} ${copy.mtime_ns} ${copy.ctime_ns}`;
    if (files.has(identity)) continue;
    if (signal !== undefined && !READ.has(copy.hash_origin)) {
      if ((await sha256Of(onDisk(copyPath(copy)), signal)) !== copy.sha256) continue;
    }
    files.set(identity, copy);
  }
  return [...files.values()];
}

function isStanding(copy: Copy): boolean {
  try {
    const now = standingAt(copyPath(copy));
    return (
      now?.kind === 'file' &&
      isAsNoted(now, { size: copy.size, mtimeNs: copy.mtime_ns, inode: copy.inode }) &&
      now.ctimeNs === copy.ctime_ns
    );
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

function prefer(a: Copy, b: Copy, { organised, found }: CopyFacts): number {
  return (
    Number(found.has(b.sha256)) - Number(found.has(a.sha256)) ||
    Number(organised.has(b.id)) - Number(organised.has(a.id)) ||
    a.place.length - b.place.length ||
    (a.place < b.place ? -1 : a.place > b.place ? 1 : 0)
  );
}

/** Says by which rule the other one stays. */
function whyKept(
  kept: Copy,
  copy: Copy,
  reason: 'duplicate' | 'same-tensors',
  { organised, found }: CopyFacts,
): string {
  const rule =
    found.has(kept.sha256) && !found.has(copy.sha256)
      ? 'the site knows that one'
      : organised.has(kept.id) && !organised.has(copy.id)
        ? 'that one was organised'
        : kept.place.length < copy.place.length
          ? 'the shorter path'
          : 'the first by name';
  const what = reason === 'duplicate' ? 'The same bytes' : 'The same tensors under another header';
  return `${what} are kept in ${kept.place} (${rule}).`;
}

function itemOf(copy: Copy, kept: KeptCopy, reason: 'duplicate' | 'same-tensors', why: string): CleanItem {
  return {
    reason,
    why,
    kept,
    path: copyPath(copy),
    rootId: copy.root_id,
    fileId: copy.id,
    size: copy.size,
    mtimeNs: copy.mtime_ns,
    inode: copy.inode,
    sha256: copy.sha256,
    output: undefined,
  };
}
