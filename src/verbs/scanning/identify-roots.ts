import type { BlobId, FileId, Sha256 } from '../../base/ids.ts';
import { InterruptedError } from '../../base/errors.ts';
import type { SourceError } from '../../base/errors.ts';
import { adoptHashes } from '../../archive/adopt-hashes.ts';
import { fetchedHashes } from '../../archive/download/fetched-hashes.ts';
import { blobsLacking } from '../../archive/lacking-hashes.ts';
import { hashFiles, knownHashes } from '../../archive/hash-files.ts';
import type { KnownHash } from '../../archive/hash-files.ts';
import { identify } from '../../archive/identify.ts';
import type { Identified } from '../../archive/identify.ts';
import { takeStock } from '../../archive/take-stock.ts';
import type { Stock, StockFile, WalkedRoot } from '../../archive/take-stock.ts';
import { chooseFor } from '../../catalog/candidate.ts';
import { notedOfNames } from '../../catalog/noted-hash.ts';
import type { Catalog } from '../../catalog/open.ts';
import { statesOf } from '../../catalog/state.ts';
import { readByKeys } from '../../catalog/upsert.ts';
import type { Deps } from '../deps.ts';
import type { Failure } from '../verb.ts';
import { checkKey } from './check-key.ts';
import type { ScanRequest } from './scan-request.ts';

/** What is known of some roots when their files were read and the site was asked. */
export interface IdentifiedRoots {
  readonly roots: readonly WalkedRoot[];
  readonly stocks: ReadonlyMap<WalkedRoot, Stock>;
  /** Library files whose pages and sidecars may be out of date. */
  readonly touched: ReadonlySet<number>;
  readonly hashing: Hashing;
  readonly warnings: readonly string[];
  readonly stopped: SourceError | undefined;
}

/** Takes stock of some roots, reads what is new, and asks the site; writes nothing but the catalog. */
export async function identifyRoots(
  deps: Deps,
  catalog: Catalog,
  roots: readonly WalkedRoot[],
  request: ScanRequest,
  startedAt: number,
): Promise<IdentifiedRoots> {
  const stocks = new Map<WalkedRoot, Stock>();
  const noted = new Map<number, NotedBytes>();
  for (const root of roots)
    stocks.set(root, await stockToRead(deps, catalog, root, { request, startedAt, noted }));
  const hashing = await hashAll(deps, catalog, stocks, request);
  const files = [...stocks.values()].flatMap((stock) => stock.files);
  const known = await knownHashes(
    catalog,
    files.map((file) => file.fileId),
  );
  const warnings = await checkKey(deps);
  const identified = await identifyAll(deps, catalog, known, request, stocks);
  const touched = await chooseAll(catalog, known, identified, stocks, deps.clock.now());
  if (deps.signal.aborted) throw new InterruptedError();
  if (request.anew === true) for (const file of files) touched.add(file.fileId);
  const failures = [...hashing.failures, ...otherThanNoted(roots, stocks, known, noted)];
  return {
    roots,
    stocks,
    touched,
    hashing: { ...hashing, failures },
    warnings,
    stopped: identified.stopped,
  };
}

/** What another program noted of a file's bytes. */
interface NotedBytes {
  readonly sha256: string;
  readonly origin: string;
}

interface StockToRead {
  readonly request: ScanRequest;
  readonly startedAt: number;
  /** Filled, by file id. */
  readonly noted: Map<number, NotedBytes>;
}

/** Files that turned out to hold other bytes than another program noted. */
function otherThanNoted(
  roots: readonly WalkedRoot[],
  stocks: ReadonlyMap<WalkedRoot, Stock>,
  known: Known,
  noted: ReadonlyMap<number, NotedBytes>,
): Failure[] {
  return roots.flatMap((root) =>
    (stocks.get(root)?.toHash ?? []).flatMap((file): Failure[] => {
      const before = noted.get(file.fileId);
      const now = known.get(file.fileId);
      if (before === undefined || now === undefined || before.sha256 === now.sha256) return [];
      return [
        {
          what: `${root.target.root}/${file.walked.path}`,
          code: 'hash-mismatch',
          why: `${before.origin} noted the SHA-256 ${before.sha256}, but the file has ${now.sha256}.`,
          next: 'It changed since or is damaged; what it is called now was looked up anew.',
        },
      ];
    }),
  );
}

/** With `readsAll`, files whose hash is only what another program noted are read like those without one. */
async function stockToRead(
  deps: Deps,
  catalog: Catalog,
  root: WalkedRoot,
  { request: { readsAll }, startedAt, noted }: StockToRead,
): Promise<Stock> {
  const stock = await withLacking(deps, catalog, await takeStock(catalog, root, startedAt));
  if (readsAll !== true) return stock;
  const rows = await readByKeys(
    stock.files.map((file) => file.fileId),
    (some) =>
      catalog.db
        .selectFrom('file')
        .innerJoin('blob', 'blob.id', 'file.blob_id')
        .select(['file.id', 'file.hash_origin', 'blob.sha256'])
        .where('file.id', 'in', some)
        .where('file.hash_origin', 'not in', PROVEN)
        .execute(),
  );
  for (const { id, sha256, hash_origin: origin } of rows) noted.set(id, { sha256, origin: origin ?? '' });
  const due = new Set(stock.toHash);
  return { ...stock, toHash: stock.files.filter((file) => due.has(file) || noted.has(file.fileId)) };
}

/** Files that were read before a hash was asked for that only reading gives are read once more. */
async function withLacking({ settings }: Deps, catalog: Catalog, stock: Stock): Promise<Stock> {
  const blobIds = stock.files.flatMap((file) => file.blobId ?? []);
  const lacking = await blobsLacking(catalog, blobIds, settings.hashKinds);
  if (lacking.size === 0) return stock;
  const isToRead = ({ blobId }: StockFile): boolean => blobId === undefined || lacking.has(blobId);
  return { ...stock, toHash: stock.files.filter(isToRead) };
}

/** Where a hash comes from that we took ourselves: of this file, or of the one that it was copied or moved from. */
const PROVEN = ['read', 'copied', 'moved', 'fetched'];

export interface Hashing {
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
  { readsAll }: ScanRequest,
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
      // What is known saves reading the file, which a hash that nobody made yet asks for all the same.
      const adopted =
        deps.settings.hashKinds.length > 0
          ? new Map<number, KnownHash>()
          : await knownBefore(deps, catalog, stock.toHash, { target, walk }, readsAll === true);
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

/** Hashes of files that need not be read: noted by other programs, unless those count for nothing, or seen when they came. */
async function knownBefore(
  deps: Deps,
  catalog: Catalog,
  files: readonly StockFile[],
  { target, walk }: Pick<WalkedRoot, 'target' | 'walk'>,
  readsAll: boolean,
): Promise<Map<number, KnownHash>> {
  const noted = readsAll
    ? new Map<number, KnownHash>()
    : await adoptHashes(files, target.root, walk, (names) => notedOfNames(catalog.db, names));
  const fetched = await fetchedHashes(catalog, await deps.hostId(), files, target.root);
  return new Map<number, KnownHash>([...noted, ...fetched]);
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
  const unknown = request.onlyNew ? await missingAmong(catalog, known) : new Set();
  for (const [fileId, { sha256, blobId }] of known)
    if (!request.onlyNew || dirty.has(fileId) || unknown.has(sha256)) blobs.set(sha256, blobId);
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
  for (const hash of await missingOf(catalog, [...blobs.keys()])) blobs.delete(hash as Sha256);
}

/** What the site did not know counts as new until it does. */
async function missingAmong(catalog: Catalog, known: Known): Promise<Set<string>> {
  return await missingOf(
    catalog,
    [...known.values()].map(({ sha256 }) => sha256),
  );
}

async function missingOf(catalog: Catalog, hashes: readonly Sha256[]): Promise<Set<string>> {
  const states = await statesOf(catalog.db, 'hash', hashes);
  return new Set([...states].flatMap(([hash, { state }]) => (state === 'missing' ? [hash] : [])));
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
