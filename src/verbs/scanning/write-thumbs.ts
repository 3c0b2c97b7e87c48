import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { makeThumbnail, thumbName } from '../../archive/thumbnails.ts';
import { writeOutputs } from '../../archive/write-outputs.ts';
import type { Output } from '../../archive/write-outputs.ts';
import type { Catalog } from '../../catalog/open.ts';
import { outputsOf } from '../../catalog/output.ts';
import { boundsOf } from '../../library/inside.ts';
import type { Deps } from '../deps.ts';
import type { Failure } from '../verb.ts';
import type { GalleryPlace } from './galleries.ts';
import { refusedWrites } from './refused-writes.ts';

/** Thumbnails made at once: one a core, and each of them holds its picture. */
const AT_ONCE = Math.min(4, availableParallelism());

/** A picture of which a thumbnail is wanted. */
export interface Pictured {
  /** Absolute. */
  readonly path: string;
  readonly sha256: string;
}

export interface Thumbs {
  /** Picture to thumbnail, both absolute. */
  readonly byPath: ReadonlyMap<string, string>;
  readonly written: number;
  readonly failures: readonly Failure[];
}

/** Makes the thumbnails that a gallery lacks of its pictures. They are named by the hash of their picture: nothing about it shows. */
export async function writeThumbs(
  deps: Deps,
  catalog: Catalog,
  place: GalleryPlace,
  pictures: readonly Pictured[],
): Promise<Thumbs> {
  const byPath = new Map<string, string>();
  const wanted = new Map<string, string>();
  for (const { path, sha256 } of pictures) {
    const thumb = join(place.files, 'thumbs', thumbName(sha256));
    byPath.set(path, thumb);
    wanted.set(thumb, path);
  }
  const known = new Set(
    (await outputsOf(catalog.db, { paths: [...wanted.keys()] }))
      .filter((row) => row.done_sha256 !== null)
      .map((row) => row.path),
  );
  const missing = [...wanted].filter(([path]) => !known.has(path) || !existsSync(path));
  if (missing.length === 0) return { byPath, written: 0, failures: [] };
  const phase = deps.progress.phase('Thumbnails', missing.length, 'images');
  const failed = new Set<string>();
  const outputs = makeOutputs(
    missing,
    (path) => failed.add(path),
    () => phase.advance(1),
    deps.signal,
  );
  const done = await writeOutputs(catalog, outputs, {
    now: () => deps.clock.now(),
    bounds: boundsOf(place.folder),
  });
  phase.end();
  for (const [path, thumb] of byPath) if (failed.has(thumb)) byPath.delete(path);
  return { byPath, written: done.written, failures: refusedWrites(done) };
}

async function* makeOutputs(
  missing: readonly (readonly [string, string])[],
  onFailed: (path: string) => void,
  onMade: () => void,
  signal: AbortSignal,
): AsyncGenerator<Output> {
  const ahead: Promise<readonly [string, Uint8Array | undefined]>[] = [];
  const queue = missing.values();
  const startNext = (): void => {
    const next = queue.next();
    if (next.done === true) return;
    const [path, cover] = next.value;
    ahead.push(makeThumbnail(cover).then((bytes) => [path, bytes] as const));
  };
  for (let index = 0; index < AT_ONCE; index += 1) startNext();
  while (ahead.length > 0) {
    signal.throwIfAborted();
    const made = await ahead.shift();
    startNext();
    if (made === undefined) continue;
    onMade();
    const [path, bytes] = made;
    if (bytes === undefined) onFailed(path);
    else yield { path, kind: 'thumb', rootId: undefined, fileId: undefined, bytes };
  }
}
