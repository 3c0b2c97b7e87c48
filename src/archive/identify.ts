import type { ModelId, Sha256, VersionId } from '../base/ids.ts';
import { InterruptedError, SourceError } from '../base/errors.ts';
import { faultPoint } from '../base/fault-point.ts';
import { chunks } from '../base/pool.ts';
import { saveCandidates } from '../catalog/candidate.ts';
import type { Catalog } from '../catalog/open.ts';
import { recordLooks, statesOf } from '../catalog/state.ts';
import type { Look } from '../catalog/state.ts';
import { readByKeys } from '../catalog/upsert.ts';
import type { CivitaiClient } from '../civitai/client.ts';
import { fetchModelsById, fetchVersionsOf } from './fetch-details.ts';
import type { FetchOptions } from './fetch-details.ts';
import { keepVersions, nothingLearned } from './keep-answers.ts';
import type { Blobs, Learned } from './keep-answers.ts';
import { ALONE_AFTER_MS } from './unlisted-models.ts';

/** Most hashes a `by-hash/ids` question takes (civitai-api 3.3). */
const IDS_AT_ONCE = 10_000;

export interface IdentifyOptions extends FetchOptions {
  readonly signal: AbortSignal;
  /** Ask again even when there is an answer. */
  readonly force: boolean;
  /** Also ask again for answers older than this, ms. */
  readonly maxAgeMs: number | undefined;
}

export interface Identified {
  /** Hashes of which this run learned something new, statistics apart. */
  readonly touched: ReadonlySet<Sha256>;
  /** Why the site could not be asked to the end. */
  readonly stopped: SourceError | undefined;
}

/**
 * Finds out what the site knows of these bytes: which versions they are, everything about those, and about their models.
 * Each answer is committed before the next question, so an outage or a kill loses nothing that was answered.
 */
export async function identify(blobs: Blobs, options: IdentifyOptions): Promise<Identified> {
  const learned = nothingLearned();
  const stopped = await untilOutage(options.signal, async () => {
    await lookUpHashes(blobs, learned, options);
    await fetchVersions(blobs, learned, options);
    await fetchModels(blobs, learned, options);
    await fetchLeftVersions(blobs, learned, options);
  });
  return { touched: await touchedBy(learned, blobs, options.catalog), stopped };
}

/** Does work that asks the site; gives the error that stopped it when the site is to blame. Throws InterruptedError and others. */
export async function untilOutage(
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<SourceError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (signal.aborted) throw new InterruptedError();
    if (!(error instanceof SourceError)) throw error;
    return error;
  }
}

/** The hashes that what was learned is about. */
export async function touchedBy(learned: Learned, blobs: Blobs, catalog: Catalog): Promise<Set<Sha256>> {
  const rows = await candidatesOfBlobs(catalog, blobs);
  const about = rows.filter((row) => learned.versions.has(row.versionId) || learned.models.has(row.modelId));
  return new Set([...learned.hashes, ...about.map((row) => row.sha256)]);
}

/** Asks again about hashes whatever is known of them; their versions and models are not asked for. */
export async function lookAgain(
  blobs: Blobs,
  learned: Learned,
  options: Omit<IdentifyOptions, 'force' | 'maxAgeMs'>,
): Promise<void> {
  await lookUpHashes(blobs, learned, { ...options, force: true, maxAgeMs: undefined });
}

async function lookUpHashes(blobs: Blobs, learned: Learned, options: IdentifyOptions): Promise<void> {
  const due = await dueHashes([...blobs.keys()], options);
  for (const batch of chunks(due, IDS_AT_ONCE)) {
    const answers = await askForIds(batch, options);
    const found = new Set(answers.map((answer) => answer.hash));
    const candidates = answers.flatMap((answer) => {
      const blobId = blobs.get(answer.hash);
      return blobId === undefined || answer.modelId === undefined
        ? []
        : [{ blobId, versionId: answer.versionId, modelId: answer.modelId, civitaiFileId: 0 }];
    });
    await saveCandidates(options.catalog, candidates);
    const doubtful = await droppedHashes(batch, found, options.catalog);
    const clear = batch.filter((hash) => !doubtful.has(hash));
    await look(
      clear.map((hash) => ({ subject: hash, answer: found.has(hash) ? 'found' : 'absent' })),
      learned,
      options,
    );
    faultPoint('identify.looked-up');
    for (const hash of doubtful) {
      const answer = (await options.client.versionByHash(hash)) === undefined ? 'absent' : 'found';
      await look([{ subject: hash, answer }], learned, options);
    }
    options.phase.advance(batch.length);
  }
}

/** A batch that drops a hash which was found before says nothing of it: that one is asked for alone. */
async function droppedHashes(
  batch: readonly Sha256[],
  found: ReadonlySet<Sha256>,
  catalog: Catalog,
): Promise<Set<Sha256>> {
  const absent = batch.filter((hash) => !found.has(hash));
  const states = await statesOf(catalog.db, 'hash', absent);
  return new Set(absent.filter((hash) => states.get(hash)?.state === 'found'));
}

async function look(
  looks: readonly (Look & { readonly subject: Sha256 })[],
  learned: Learned,
  { catalog, now }: IdentifyOptions,
): Promise<void> {
  const changes = await recordLooks(catalog, 'hash', looks, now());
  for (const { subject } of looks) {
    learned.asked.add(subject);
    const change = changes.get(subject);
    if (change?.before !== change?.after) learned.hashes.add(subject);
  }
}

async function askForIds(
  batch: readonly Sha256[],
  { catalog, client, now }: IdentifyOptions,
): Promise<Awaited<ReturnType<CivitaiClient['hashIds']>>> {
  try {
    return await client.hashIds(batch);
  } catch (error) {
    await recordLooks(
      catalog,
      'hash',
      batch.map((subject) => ({ subject, answer: 'unanswered' as const })),
      now(),
    );
    throw error;
  }
}

async function dueHashes(
  hashes: readonly Sha256[],
  { catalog, now, force, maxAgeMs }: IdentifyOptions,
): Promise<Sha256[]> {
  if (force) return [...hashes];
  const states = await statesOf(catalog.db, 'hash', hashes);
  const at = now();
  return hashes.filter((hash) => {
    const state = states.get(hash);
    if (state === undefined || state.state === 'unchecked' || state.next_check_at <= at) return true;
    return maxAgeMs !== undefined && (state.checked_at ?? 0) < at - maxAgeMs;
  });
}

/** Full version answers for found hashes whose versions are not known yet, or that were asked for anew. */
async function fetchVersions(blobs: Blobs, learned: Learned, options: IdentifyOptions): Promise<void> {
  const rows = await candidatesOfBlobs(options.catalog, blobs);
  const unknown = await withoutState(
    options.catalog,
    'version',
    rows.map((row) => row.versionId),
  );
  const again = options.force || options.maxAgeMs !== undefined;
  const wanted = new Set([
    ...rows
      .filter((row) => unknown.has(row.versionId) || (again && learned.asked.has(row.sha256)))
      .map((row) => row.sha256),
    ...(await withoutCandidate(options.catalog, blobs, rows)),
  ]);
  await fetchVersionsOf([...wanted], blobs, learned, options);
}

/** Hashes that the site knows, though its answer did not say of which model: the version's own answer does. */
async function withoutCandidate(
  catalog: Catalog,
  blobs: Blobs,
  rows: readonly CandidateRow[],
): Promise<Sha256[]> {
  const named = new Set(rows.map((row) => row.sha256));
  const others = [...blobs.keys()].filter((hash) => !named.has(hash));
  const states = await statesOf(catalog.db, 'hash', others);
  return others.filter((hash) => states.get(hash)?.state === 'found');
}

interface CandidateRow {
  readonly sha256: Sha256;
  readonly versionId: VersionId;
  readonly modelId: ModelId;
}

async function candidatesOfBlobs(catalog: Catalog, blobs: Blobs): Promise<CandidateRow[]> {
  const hashes = new Map([...blobs].map(([sha256, blobId]) => [blobId as number, sha256]));
  const rows = await readByKeys(hashes.keys(), (some) =>
    catalog.db
      .selectFrom('candidate')
      .select(['blob_id', 'version_id', 'model_id'])
      .where('blob_id', 'in', some)
      .execute(),
  );
  return rows.flatMap(({ blob_id: blobId, version_id: versionId, model_id: modelId }) => {
    const sha256 = hashes.get(blobId);
    return sha256 === undefined
      ? []
      : [{ sha256, versionId: versionId as VersionId, modelId: modelId as ModelId }];
  });
}

/** Those of some ids that were never answered, one way or the other. */
async function withoutState<Id extends number>(
  catalog: Catalog,
  kind: 'version' | 'model',
  ids: readonly Id[],
): Promise<Set<Id>> {
  const states = await statesOf(catalog.db, kind, [...new Set(ids)].map(String));
  return new Set(ids.filter((id) => (states.get(String(id))?.state ?? 'unchecked') === 'unchecked'));
}

/** Versions that neither a hash answer nor their model's answer brought: asked for one by one. */
async function fetchLeftVersions(blobs: Blobs, learned: Learned, options: IdentifyOptions): Promise<void> {
  const rows = await candidatesOfBlobs(options.catalog, blobs);
  for (const id of await withoutState(
    options.catalog,
    'version',
    rows.map((row) => row.versionId),
  )) {
    const item = await options.client.version(id);
    if (item === undefined)
      await recordLooks(
        options.catalog,
        'version',
        [{ subject: String(id), answer: 'absent' }],
        options.now(),
      );
    else await keepVersions([item], blobs, 'model-versions', learned, options);
  }
}

async function fetchModels(blobs: Blobs, learned: Learned, options: IdentifyOptions): Promise<void> {
  const rows = await candidatesOfBlobs(options.catalog, blobs);
  const ids = await withoutState(
    options.catalog,
    'model',
    rows.map((row) => row.modelId),
  );
  const again = options.force || options.maxAgeMs !== undefined;
  for (const row of rows) if (again && learned.asked.has(row.sha256)) ids.add(row.modelId);
  const aloneAfterMs = options.aloneAfterMs ?? aloneAfter(options);
  await fetchModelsById([...ids], blobs, learned, { ...options, aloneAfterMs });
}

function aloneAfter({ force, maxAgeMs = ALONE_AFTER_MS }: IdentifyOptions): number {
  return force ? 0 : Math.min(maxAgeMs, ALONE_AFTER_MS);
}
