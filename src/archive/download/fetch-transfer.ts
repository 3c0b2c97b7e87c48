import { closeSync, openSync, readSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Sha256 } from '../../base/ids.ts';
import { IntegrityError, LibraryError } from '../../base/errors.ts';
import { faultPoint } from '../../base/fault-point.ts';
import type { Clock } from '../../base/clock.ts';
import type { Catalog } from '../../catalog/open.ts';
import { beginTransfer, proveTransfer } from '../../catalog/transfer.ts';
import type { Transfer } from '../../catalog/transfer.ts';
import { standingAt } from '../../library/file-identity.ts';
import type { Bounds } from '../../library/inside.ts';
import { makeFolder } from '../../library/make-folder.ts';
import { PartFile, partPath, removePart } from '../../library/part-file.ts';
import { commitTemps } from '../../library/place.ts';
import { sha256Of } from '../../library/sha256-of.ts';
import { assertPromised } from '../../net/body-checks.ts';
import type { Checks } from '../../net/body-checks.ts';
import { resume } from '../../net/resume.ts';
import type { Part } from '../../net/resume.ts';
import { BadAnswer } from '../../net/send.ts';
import type { Send } from '../../net/send.ts';
import type { Throttle } from '../../net/throttle.ts';
import { isInside } from '../targets.ts';
import { guardRoom } from './disk-room.ts';
import { signedAddress } from './downloader.ts';
import type { Downloader } from './downloader.ts';
import { heldBytes } from './held-bytes.ts';
import { kindOf } from './kinds.ts';
import { shareBytes } from './share-bytes.ts';
import { placeByTrueName, standingByTrueName } from './true-name.ts';
import type { Placed } from './true-name.ts';

export interface FetchOptions {
  readonly catalog: Catalog;
  readonly hostId: string;
  readonly send: Send;
  readonly hasKey: boolean;
  readonly signal: AbortSignal;
  /** Within these all is written. */
  readonly bounds: Bounds;
  readonly throttle: Throttle | undefined;
  readonly clock: Clock;
  /** Another program that brings the bytes; ours when it is `undefined`. */
  readonly downloader: Downloader | undefined;
  /** Told of bytes as they are there, those held or kept at once; negative when they have to come again. */
  readonly onBytes: (bytes: number, from: 'wire' | 'disk') => void;
}

/** What is proven is recorded each time so many bytes more have come: where no hash is known a kill costs these. */
const PROVE_EVERY = 64 * 1024 * 1024;
/** The site's sizes are about right; a body much longer is another file or none. */
const SIZE_SLACK = 1.02;
const SIZE_SLACK_BYTES = 1024 * 1024;
const HEAD_BYTES = 512;

/**
 * Brings one file to its place: takes it as done when it lies there, shares bytes that are held elsewhere, else fetches
 * what is missing, proves it and places it. The caller holds the lease. Throws SourceError, IntegrityError,
 * LibraryError, InterruptedError; a part that came stays for the next try.
 */
export async function fetchTransfer(row: Transfer, options: FetchOptions): Promise<Placed> {
  options.bounds.check(row.path);
  const there = (await standingWell(row, options)) ?? (await fromHeld(row, options));
  if (there !== undefined) {
    removePart(row.path);
    return there;
  }
  makeFolder(dirname(row.path));
  const downloader = kindOf(row.kind).isBehindLink ? options.downloader : undefined;
  if (downloader !== undefined) await fillOutside(row, downloader, options);
  const isOutside = downloader !== undefined;
  const part = await PartFile.open(
    row.path,
    isOutside ? undefined : provenOf(row),
    !isOutside && row.sha256 === null,
  );
  try {
    if (isOutside) await assertPromisedOf(part, row);
    else await fill(part, row, options);
    return await place(part, row, options);
  } catch (error) {
    // The catalog may be what failed; the first error is the one to tell.
    await prove(part, row, options).catch(() => '');
    throw error;
  } finally {
    part.discard();
  }
}

function provenOf({ kept_bytes: bytes, kept_sha256: sha256 }: Transfer) {
  return bytes === null || sha256 === null ? undefined : { bytes, sha256 };
}

/** A file that stands at its place with the bytes that were meant: a run was killed before it could say so. */
async function standingWell(row: Transfer, options: FetchOptions): Promise<Placed | undefined> {
  const { signal } = options;
  const standing = standingAt(row.path);
  if (standing === undefined) return await standingByTrueName(row, options.signal);
  const ours = [row.kept_sha256, row.placed_sha256];
  const sha256 = standing.kind === 'file' ? await sha256Of(row.path, signal) : undefined;
  if (sha256 === undefined || ![row.sha256, ...ours].includes(sha256)) {
    // Whether it is the same picture is known when its bytes are there.
    if (kindOf(row.kind).trueName !== undefined) return await standingByTrueName(row, options.signal);
    throw new LibraryError(`Something else stands there: ${row.path}`, {
      code: 'in-the-way',
      next: 'Rename what is there, then run the same command again.',
    });
  }
  const { size, mtimeNs } = standing;
  const how = ours.includes(sha256) ? 'fetched' : 'held';
  return { state: 'done', how, path: row.path, sha256, size, mtimeNs, verified: sha256 === row.sha256 };
}

async function fromHeld(row: Transfer, options: FetchOptions): Promise<Placed | undefined> {
  const { sha256 } = row;
  if (sha256 === null) return undefined;
  const { catalog, hostId, bounds, signal } = options;
  const held = await heldBytes(catalog, hostId, [sha256]);
  const files = held.get(sha256) ?? [];
  // In the same output one file is enough, whatever its name.
  const inside = files.find(({ path }) => isInside(row.output, path));
  if (inside !== undefined) {
    options.onBytes(inside.size, 'disk');
    return { state: 'done', how: 'held', sha256, verified: true, ...inside };
  }
  for (const file of files) {
    const shared = await shareBytes(file, row.path, { sha256, bounds, signal });
    if (shared === undefined) continue;
    options.onBytes(shared.size, 'disk');
    const { size, mtimeNs } = shared;
    return { state: 'done', how: 'held', path: row.path, sha256, size, mtimeNs, verified: true };
  }
  return undefined;
}

/** Another program brings the bytes; nothing is believed of them but what is read off the disk afterwards. */
async function fillOutside(row: Transfer, downloader: Downloader, options: FetchOptions): Promise<void> {
  const { send, hasKey, signal, clock } = options;
  guardRoom(dirname(row.path), row.size ?? 0);
  await downloader.bring({
    path: partPath(row.path),
    size: row.size ?? undefined,
    signal,
    clock,
    signedAddress: () => signedAddress(send, { source: row.source, kind: row.kind, hasKey, signal }),
    onBytes: (bytes) => options.onBytes(bytes, 'wire'),
  });
}

async function assertPromisedOf(part: PartFile, row: Transfer): Promise<void> {
  try {
    assertPromised(part.size, (await part.digest()) as Sha256, checksOf(row));
  } catch (error) {
    part.restart();
    throw error instanceof BadAnswer ? error.error : error;
  }
  if (row.sha256 === null) assertBegins(part, row);
}

/** A right hash says more than the site's rounded kilobytes. */
function checksOf({ sha256, size }: Transfer): Checks {
  if (sha256 !== null) return { sha256: sha256 as Sha256 };
  return size === null ? {} : { size };
}

async function fill(part: PartFile, row: Transfer, options: FetchOptions): Promise<void> {
  const { catalog, clock, signal } = options;
  const kind = kindOf(row.kind);
  const size = row.size ?? undefined;
  const origin =
    row.total === null && row.validator === null
      ? undefined
      : { validator: row.validator ?? undefined, total: row.total ?? undefined };
  await resume(
    options.send,
    { method: 'GET', url: row.source, endpoint: kind.endpoint, signal },
    watched(part, row, options),
    {
      checks: {
        refusal: kind.refusal(options.hasKey),
        ...checksOf(row),
        ...(size === undefined ? {} : { maxBytes: Math.ceil(size * SIZE_SLACK) + SIZE_SLACK_BYTES }),
      },
      origin,
      async onOrigin(of) {
        await beginTransfer(catalog, row.id, of, clock.now());
        faultPoint('transfer.begun');
      },
    },
  );
  if (row.sha256 === null) assertBegins(part, row);
}

/** The part, with everybody who wants to know of its bytes. */
function watched(part: PartFile, row: Transfer, options: FetchOptions): Part {
  const guard = guardRoom(dirname(row.path), Math.max(0, (row.size ?? 0) - part.size));
  let unproven = 0;
  options.onBytes(part.size, 'disk');
  return {
    get size() {
      return part.size;
    },
    digest: () => part.digest(),
    restart() {
      options.onBytes(-part.size, 'disk');
      part.restart();
    },
    write(chunk) {
      guard.take(chunk.length);
      part.write(chunk);
      options.onBytes(chunk.length, 'wire');
      unproven += chunk.length;
      const wait = options.throttle?.take(chunk.length);
      if (unproven < PROVE_EVERY || row.sha256 !== null) return wait;
      unproven = 0;
      return prove(part, row, options).then(() => wait);
    },
  };
}

/** Records what is there by its hash, and gives that. */
async function prove(part: PartFile, row: Transfer, { catalog, clock }: FetchOptions): Promise<string> {
  const bytes = part.size;
  const sha256 = await part.digest();
  if (bytes > 0) await proveTransfer(catalog, row.id, { bytes, sha256 }, clock.now());
  return sha256;
}

function assertBegins(part: PartFile, row: Transfer): void {
  const why = kindOf(row.kind).whyNot(basename(row.path), headOf(part), part.size);
  if (why === undefined) return;
  part.restart();
  throw new IntegrityError(`What came is not the file: ${why}.`, {
    code: 'not-a-file',
    next: 'Nothing was kept; look at its page on the site, then run the same command again.',
  });
}

function headOf(part: PartFile): Uint8Array {
  const head = Buffer.alloc(HEAD_BYTES);
  const fd = openSync(part.path, 'r');
  try {
    return head.subarray(0, readSync(fd, head, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(fd);
  }
}

/** The intent is the hash of all that is there: a run that is killed from here on knows its file again. */
async function place(part: PartFile, row: Transfer, options: FetchOptions): Promise<Placed> {
  const sha256 = await prove(part, row, options);
  faultPoint('transfer.intended');
  const name = kindOf(row.kind).trueName?.(basename(row.path), headOf(part)) ?? basename(row.path);
  const there = await placeByTrueName(row, name, sha256, options.signal);
  if (typeof there !== 'string') {
    removePart(row.path);
    return there;
  }
  const path = there;
  const [placed] = await commitTemps([{ temp: part, path, replace: false }], { bounds: options.bounds });
  if (placed === undefined || placed.error !== undefined)
    throw placed?.error ?? new LibraryError(`It was not written: ${path}`, { code: 'disk-failed' });
  faultPoint('transfer.placed');
  removePart(row.path);
  const { size } = part.finish();
  return {
    state: 'done',
    how: 'fetched',
    path,
    sha256,
    size,
    mtimeNs: placed.mtimeNs,
    verified: sha256 === row.sha256,
  };
}
