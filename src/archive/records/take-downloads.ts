import { open } from 'node:fs/promises';
import { isSystemError } from '../../base/errors.ts';
import { chunks } from '../../base/pool.ts';
import type { Catalog } from '../../catalog/open.ts';
import { endTransfer, queueTransfers, transfersOf } from '../../catalog/transfer.ts';
import { isWholeMedia } from '../../formats/whole-media.ts';
import { readModelHeader } from '../../formats/model-file.ts';
import { standingAt } from '../../library/file-identity.ts';
import { sha256Of } from '../../library/sha256-of.ts';
import { isInside } from '../targets.ts';
import { imagePage } from '../users/model-meta.ts';
import type { ListedDownload } from './download-logs.ts';
import { folderOfList, indexFiles } from './find-downloads.ts';

export interface TakeDownloads {
  readonly catalog: Catalog;
  readonly hostId: string;
  readonly dry: boolean;
  readonly signal: AbortSignal;
  readonly now: number;
  /** Folders that were named, absolute: what is listed is looked for in them too. */
  readonly folders: readonly string[];
}

/** What became of what lists name. `absent`: not there, or not as it should be. */
export interface TakenDownloads {
  readonly taken: number;
  readonly known: number;
  readonly absent: readonly ListedDownload[];
}

interface Found {
  readonly listed: ListedDownload;
  readonly path: string;
  /** What it lies below, absolute: a run that brings things there has it already. */
  readonly output: string;
  readonly size: number;
  readonly mtimeNs: string;
}

const BATCH = 200;

/**
 * Takes over what other downloaders brought: what their lists name, what is there, has the size they say and is whole to its
 * end counts as held, so that `get` does not fetch it again.
 */
export async function takeDownloads(
  all: readonly ListedDownload[],
  options: TakeDownloads,
): Promise<TakenDownloads> {
  const { catalog, hostId, dry, signal } = options;
  if (all.length === 0) return { taken: 0, known: 0, absent: [] };
  const roots = [...options.folders, ...all.map(({ path }) => folderOfList(path))];
  const index = await indexFiles(roots, signal);
  const absent: ListedDownload[] = [];
  let [taken, known] = [0, 0];
  for (const some of chunks([...onlyOnce(all)], BATCH)) {
    signal.throwIfAborted();
    const found: Found[] = [];
    for (const listed of some) {
      const one = await findOne(listed, index.fileOf(listed), roots);
      if (one === undefined) absent.push(listed);
      else found.push(one);
    }
    const paths = found.map(({ path }) => path);
    const rows = await transfersOf(catalog.db, hostId, { states: ['done'], paths });
    const noted = new Set(rows.map((row) => `${row.path} ${row.placed_size} ${row.placed_mtime_ns}`));
    const fresh = found.filter(({ path, size, mtimeNs }) => !noted.has(`${path} ${size} ${mtimeNs}`));
    if (!dry) await keep(fresh, options);
    taken += fresh.length;
    known += found.length - fresh.length;
  }
  return { taken, known, absent };
}

/** The same thing may stand in several lists. */
function onlyOnce(all: readonly ListedDownload[]): Iterable<ListedDownload> {
  return new Map(all.map((one) => [`${one.type} ${one.id} ${one.said ?? ''}`, one])).values();
}

async function findOne(
  listed: ListedDownload,
  path: string | undefined,
  roots: readonly string[],
): Promise<Found | undefined> {
  const standing = path === undefined ? undefined : standingAt(path);
  if (path === undefined || standing?.kind !== 'file') return undefined;
  const { size, mtimeNs } = standing;
  if (size === 0 || (listed.size !== undefined && listed.size !== size)) return undefined;
  const isSound = listed.type === 'image' ? await isWholePicture(path, size) : await isWholeModel(path, size);
  if (!isSound) return undefined;
  const output = roots.find((root) => isInside(root, path)) ?? folderOfList(path);
  return { listed, path, output, size, mtimeNs };
}

async function isWholePicture(path: string, size: number): Promise<boolean> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (isSystemError(error)) return undefined;
    throw error;
  });
  if (file === undefined) return false;
  try {
    return await isWholeMedia({
      size,
      async read(offset, length) {
        const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
    });
  } finally {
    await file.close();
  }
}

async function isWholeModel(path: string, size: number): Promise<boolean> {
  const header = await readModelHeader(path, size);
  return header.warning === undefined && header.format !== 'unknown';
}

async function keep(found: readonly Found[], options: TakeDownloads): Promise<void> {
  const { catalog, hostId, signal, now } = options;
  for (const { listed, path, output, size, mtimeNs } of found) {
    const sha256 = await sha256Of(path, signal);
    const isImage = listed.type === 'image';
    const [row] = await queueTransfers(
      catalog,
      hostId,
      [
        {
          kind: isImage ? 'image' : 'file',
          // The lists name versions, not files: whose bytes these are is known by their hash.
          subject: isImage ? String(listed.id) : `v${listed.id}`,
          output,
          path,
          source: isImage ? imagePage(listed.id) : `https://civitai.com/model-versions/${listed.id}`,
          modelId: undefined,
          versionId: isImage ? undefined : listed.id,
          size,
          sha256: undefined,
          creator: listed.creator,
        },
      ],
      now,
    );
    if (row === undefined) continue;
    const end = { state: 'done', how: 'held', path, sha256, size, mtimeNs, verified: false } as const;
    await endTransfer(catalog, row.id, end, now);
  }
}
