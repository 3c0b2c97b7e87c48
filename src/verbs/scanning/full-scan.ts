import type { BlobId, FileId, Sha256 } from '../../base/ids.ts';
import { InterruptedError } from '../../base/errors.ts';
import { adoptHashes } from '../../archive/adopt-hashes.ts';
import { countStates } from '../../archive/count-states.ts';
import { hashFiles, knownHashes } from '../../archive/hash-files.ts';
import { identify } from '../../archive/identify.ts';
import type { Identified } from '../../archive/identify.ts';
import { takeStock } from '../../archive/take-stock.ts';
import type { Stock, WalkedRoot } from '../../archive/take-stock.ts';
import { chooseFor } from '../../catalog/candidate.ts';
import type { Catalog } from '../../catalog/open.ts';
import { statesOf } from '../../catalog/state.ts';
import type { Deps } from '../deps.ts';
import type { Failure } from '../verb.ts';
import { checkKey } from './check-key.ts';
import type { ScanContext, ScanOutcome, ScanRequest } from './scan-request.ts';
import { endIncomplete, settle, unsettle } from './settle.ts';
import { writeLibrary } from './write-library.ts';

/** A scan of roots of which at least one is not as a complete scan left it. */
export async function fullScan(
  deps: Deps,
  catalog: Catalog,
  roots: readonly WalkedRoot[],
  request: ScanRequest,
  context: ScanContext,
): Promise<ScanOutcome> {
  await unsettle(catalog, roots);
  const stocks = new Map<WalkedRoot, Stock>();
  for (const root of roots) stocks.set(root, await takeStock(catalog, root, context.startedAt));
  const hashing = await hashAll(deps, catalog, stocks);
  const files = [...stocks.values()].flatMap((stock) => stock.files);
  const known = await knownHashes(
    catalog,
    files.map((file) => file.fileId),
  );
  const keyWarnings = await checkKey(deps);
  const identified = await identifyAll(deps, catalog, known, request, stocks);
  const touched = await chooseAll(catalog, known, identified, stocks, deps.clock.now());
  if (deps.signal.aborted) throw new InterruptedError();
  const written = await writeLibrary(deps, catalog, {
    roots,
    stocks,
    request,
    touched,
    sidecars: request.sidecars,
    online: identified.stopped === undefined,
  });
  const failures = [...context.problems, ...hashing.failures, ...written.failures];
  const stopped = identified.stopped ?? written.stopped;
  if (stopped === undefined && failures.length === 0)
    await settle(deps, catalog, roots, request, context.key);
  else await endIncomplete(catalog, roots, request);
  const counts = await countStates(
    catalog,
    roots.map(({ root }) => root.id),
    new Set(files.map((file) => file.fileId)),
  );
  return {
    counts: {
      ...counts,
      images: written.images,
      hashed: hashing.hashed,
      hash_bytes: hashing.bytes,
      previews: written.previews,
      pages: written.pages,
    },
    galleries: written.galleries,
    warnings: [...keyWarnings, ...hashing.warnings, ...written.warnings],
    failures,
    stopped,
    requests: (await deps.net()).tally().total,
    hashMs: hashing.tookMs,
    tookMs: deps.clock.now() - context.startedAt,
    previewBytes: written.previewBytes,
    written: written.written,
  };
}

interface Hashing {
  readonly hashed: number;
  readonly bytes: number;
  readonly tookMs: number;
  readonly failures: readonly Failure[];
  readonly warnings: readonly string[];
}

async function hashAll(
  deps: Deps,
  catalog: Catalog,
  stocks: ReadonlyMap<WalkedRoot, Stock>,
): Promise<Hashing> {
  const startedAt = deps.clock.now();
  const total = [...stocks.values()]
    .flatMap((stock) => stock.toHash)
    .reduce((sum, file) => sum + file.walked.size, 0);
  const result = { hashed: 0, bytes: 0, failures: [] as Failure[], warnings: [] as string[] };
  const wanted = [...stocks].filter(([, stock]) => stock.toHash.length > 0);
  if (wanted.length > 0) {
    const phase = deps.progress.phase('Hashing', total, 'bytes');
    const hasher = await deps.hasher(deps.settings.hashKinds);
    for (const [{ target, walk }, stock] of wanted) {
      const adopted = await adoptHashes(stock.toHash, target.root, walk);
      const done = await hashFiles(stock.toHash, {
        catalog,
        hasher,
        root: target.root,
        threads: deps.settings.hashThreads,
        signal: deps.signal,
        now: () => deps.clock.now(),
        phase,
        adopted,
      });
      result.hashed += done.hashed;
      result.bytes += done.bytes;
      result.failures.push(
        ...done.failures.map(({ file, code, why }) => ({
          what: `${target.root}/${file.walked.path}`,
          code,
          why,
        })),
      );
      result.warnings.push(...done.warnings.map(({ file, why }) => `${file.walked.path}: ${why}`));
    }
    await hasher.close();
    phase.end();
  }
  return { ...result, tookMs: deps.clock.now() - startedAt };
}

type Known = ReadonlyMap<FileId, { readonly sha256: Sha256; readonly blobId: BlobId }>;

async function identifyAll(
  deps: Deps,
  catalog: Catalog,
  known: Known,
  request: ScanRequest,
  stocks: ReadonlyMap<WalkedRoot, Stock>,
): Promise<Identified> {
  const dirty = new Set([...stocks.values()].flatMap((stock) => [...stock.dirty]));
  const blobs = new Map<Sha256, BlobId>();
  for (const [fileId, { sha256, blobId }] of known)
    if (!request.onlyNew || dirty.has(fileId)) blobs.set(sha256, blobId);
  if (request.skipMissing) await dropMissing(catalog, blobs);
  const phase = deps.progress.phase('Asking Civitai', undefined, 'answers');
  const identified = await identify(blobs, {
    catalog,
    client: await deps.client(),
    now: () => deps.clock.now(),
    signal: deps.signal,
    phase,
    force: deps.settings.forceRefresh,
    maxAgeMs: request.maxAgeMs,
  });
  phase.end();
  return identified;
}

async function dropMissing(catalog: Catalog, blobs: Map<Sha256, BlobId>): Promise<void> {
  const states = await statesOf(catalog.db, 'hash', [...blobs.keys()]);
  for (const [hash, state] of states) if (state.state === 'missing') blobs.delete(hash as Sha256);
}

/** Chooses a version for every file that may have a new answer; gives the files whose pages may be out of date. */
async function chooseAll(
  catalog: Catalog,
  known: Known,
  identified: Identified,
  stocks: ReadonlyMap<WalkedRoot, Stock>,
  at: number,
): Promise<Set<number>> {
  const touched = new Set([...stocks.values()].flatMap((stock) => [...stock.dirty]));
  for (const [fileId, { sha256 }] of known) if (identified.touched.has(sha256)) touched.add(fileId);
  await chooseFor(catalog, [...touched] as FileId[], at);
  return touched;
}
