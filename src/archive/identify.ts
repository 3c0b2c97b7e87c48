import type { ModelId, Sha256, VersionId } from '../base/ids.ts';
import { InterruptedError, SourceError } from '../base/errors.ts';
import { faultPoint } from '../base/fault-point.ts';
import { chunks } from '../base/pool.ts';
import { saveCandidates } from '../catalog/candidate.ts';
import type { Catalog } from '../catalog/open.ts';
import { recordLooks, statesOf } from '../catalog/state.ts';
import type { CivitaiClient } from '../civitai/client.ts';
import { fetchModelsById, fetchVersionsOf } from './fetch-details.ts';
import type { FetchOptions } from './fetch-details.ts';
import { keepVersions, nothingLearned } from './keep-answers.ts';
import type { Blobs, Learned } from './keep-answers.ts';

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
    const looks = [];
    for (const hash of batch) looks.push({ subject: hash, answer: await answerFor(hash, found, options) });
    const changes = await recordLooks(options.catalog, 'hash', looks, options.now());
    faultPoint('identify.looked-up');
    for (const hash of batch) {
      learned.asked.add(hash);
      const change = changes.get(hash);
      if (change?.before !== change?.after) learned.hashes.add(hash);
    }
    options.phase.advance(batch.length);
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

/** A batch that drops a hash which was found before is confirmed by asking for that one alone. */
async function answerFor(
  hash: Sha256,
  found: ReadonlySet<Sha256>,
  { catalog, client }: IdentifyOptions,
): Promise<'found' | 'absent'> {
  if (found.has(hash)) return 'found';
  const state = (await statesOf(catalog.db, 'hash', [hash])).get(hash);
  if (state?.state !== 'found') return 'absent';
  return (await client.versionByHash(hash)) === undefined ? 'absent' : 'found';
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
  const wanted = new Set(
    rows
      .filter((row) => unknown.has(row.versionId) || (again && learned.asked.has(row.sha256)))
      .map((row) => row.sha256),
  );
  await fetchVersionsOf([...wanted], blobs, learned, options);
}

interface CandidateRow {
  readonly sha256: Sha256;
  readonly versionId: VersionId;
  readonly modelId: ModelId;
}

async function candidatesOfBlobs(catalog: Catalog, blobs: Blobs): Promise<CandidateRow[]> {
  const rows = await catalog.db
    .selectFrom('candidate')
    .innerJoin('blob', 'blob.id', 'candidate.blob_id')
    .select(['blob.sha256', 'candidate.version_id', 'candidate.model_id'])
    .execute();
  return rows
    .filter((row) => blobs.has(row.sha256 as Sha256))
    .map((row) => ({
      sha256: row.sha256 as Sha256,
      versionId: row.version_id as VersionId,
      modelId: row.model_id as ModelId,
    }));
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
  await fetchModelsById([...ids], blobs, learned, options);
}
