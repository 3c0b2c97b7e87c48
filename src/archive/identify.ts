import type { BlobId, ModelId, Sha256, VersionId } from '../base/ids.ts';
import { InterruptedError, SourceError } from '../base/errors.ts';
import { faultPoint } from '../base/fault-point.ts';
import { chunks } from '../base/pool.ts';
import type { Phase } from '../base/progress.ts';
import { saveCandidates } from '../catalog/candidate.ts';
import { saveModels } from '../catalog/model.ts';
import type { Catalog } from '../catalog/open.ts';
import { keepPayloads } from '../catalog/payload.ts';
import type { KeptPayload } from '../catalog/payload.ts';
import { recordLooks, statesOf } from '../catalog/state.ts';
import { saveVersions } from '../catalog/version.ts';
import type { CivitaiClient } from '../civitai/client.ts';
import { stableDigest } from '../civitai/digest.ts';
import type { Item, Model, Version } from '../civitai/shapes/types.ts';
import { modelFacts, shortModelFacts, versionFacts } from './to-facts.ts';

/** Most hashes a `by-hash/ids` question takes, and most a `by-hash` one or a `models?ids=` one (civitai-api 3.3, 3.4). */
const IDS_AT_ONCE = 10_000;
const DETAILS_AT_ONCE = 100;

export interface IdentifyOptions {
  readonly catalog: Catalog;
  readonly client: CivitaiClient;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly phase: Phase;
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

/** What a run learned so far. It fills on the way, so that what came before an outage counts. */
export interface Learned {
  /** Hashes that the site was asked for, whatever it said. */
  readonly asked: Set<Sha256>;
  /** Hashes that have another state than before. */
  readonly hashes: Set<Sha256>;
  /** Versions and models of which the answer is not as it was. */
  readonly versions: Set<VersionId>;
  readonly models: Set<ModelId>;
}

/** Nothing learned yet. */
export function nothingLearned(): Learned {
  return { asked: new Set(), hashes: new Set(), versions: new Set(), models: new Set() };
}

/**
 * Finds out what the site knows of these bytes: which versions they are, everything about those, and about their models.
 * Each answer is committed before the next question, so an outage or a kill loses nothing that was answered.
 */
export async function identify(
  blobs: ReadonlyMap<Sha256, BlobId>,
  options: IdentifyOptions,
): Promise<Identified> {
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
export async function touchedBy(
  learned: Learned,
  blobs: ReadonlyMap<Sha256, BlobId>,
  catalog: Catalog,
): Promise<Set<Sha256>> {
  const rows = await candidatesOfBlobs(catalog, blobs);
  const about = rows.filter((row) => learned.versions.has(row.versionId) || learned.models.has(row.modelId));
  return new Set([...learned.hashes, ...about.map((row) => row.sha256)]);
}

/** Asks again about hashes whatever is known of them; their versions and models are not asked for. */
export async function lookAgain(
  blobs: ReadonlyMap<Sha256, BlobId>,
  learned: Learned,
  options: Omit<IdentifyOptions, 'force' | 'maxAgeMs'>,
): Promise<void> {
  await lookUpHashes(blobs, learned, { ...options, force: true, maxAgeMs: undefined });
}

async function lookUpHashes(
  blobs: ReadonlyMap<Sha256, BlobId>,
  learned: Learned,
  options: IdentifyOptions,
): Promise<void> {
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
async function fetchVersions(
  blobs: ReadonlyMap<Sha256, BlobId>,
  learned: Learned,
  options: IdentifyOptions,
): Promise<void> {
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

/** Full answers for the versions of some hashes, a hundred a question. */
export async function fetchVersionsOf(
  hashes: readonly Sha256[],
  blobs: ReadonlyMap<Sha256, BlobId>,
  learned: Learned,
  options: Pick<IdentifyOptions, 'catalog' | 'client' | 'now' | 'phase'>,
): Promise<void> {
  for (const batch of chunks(hashes, DETAILS_AT_ONCE)) {
    const items = await options.client.versionsByHashes(batch);
    await keepVersions(items, blobs, 'by-hash', learned, options);
    options.phase.advance(batch.length);
  }
}

interface CandidateRow {
  readonly sha256: Sha256;
  readonly versionId: VersionId;
  readonly modelId: ModelId;
}

async function candidatesOfBlobs(
  catalog: Catalog,
  blobs: ReadonlyMap<Sha256, BlobId>,
): Promise<CandidateRow[]> {
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
async function fetchLeftVersions(
  blobs: ReadonlyMap<Sha256, BlobId>,
  learned: Learned,
  options: IdentifyOptions,
): Promise<void> {
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

/** Keeps version answers, all or nothing: payload, facts, state, and which of their files have bytes that we hold. */
async function keepVersions(
  items: readonly Item<Version>[],
  blobs: ReadonlyMap<Sha256, BlobId>,
  source: string,
  learned: Learned,
  { catalog, now }: Pick<IdentifyOptions, 'catalog' | 'now'>,
): Promise<void> {
  const usable = items.filter((item) => item.value.modelId !== undefined);
  if (usable.length === 0) return;
  const at = now();
  const news = await catalog.write(async (trx) => {
    const kept = await keepPayloads(
      trx,
      usable.map((item) => ({
        kind: 'version' as const,
        subject: String(item.value.id),
        source,
        digest: stableDigest(item.raw),
        raw: item.raw,
        seenAt: at,
      })),
    );
    // A version answers even where its model does not: the little it says of the model must not be lost.
    await saveModels(
      trx,
      usable.flatMap((item) => shortModelFacts(item.value)),
      at,
    );
    await saveVersions(
      trx,
      usable.map((item) =>
        versionFacts(item.value, item.value.modelId as ModelId, { ordered: false, filesComplete: true }),
      ),
      at,
    );
    await recordLooks(
      trx,
      'version',
      usable.map((item) => ({ subject: String(item.value.id), answer: 'found' as const })),
      at,
    );
    await saveCandidates(
      trx,
      usable.flatMap((item) => candidatesOf(item.value, item.value.modelId as ModelId, blobs)),
    );
    return newsIn<VersionId>(kept);
  });
  for (const id of news) learned.versions.add(id);
  faultPoint('identify.versions');
}

/** The files of a version whose bytes are ours. */
function candidatesOf(
  version: Version,
  modelId: ModelId,
  blobs: ReadonlyMap<Sha256, BlobId>,
): { blobId: BlobId; versionId: VersionId; modelId: ModelId; civitaiFileId: number }[] {
  return (version.files ?? []).flatMap((file) => {
    const blobId = blobs.get(file.hashes['SHA256'] as Sha256);
    return blobId === undefined ? [] : [{ blobId, versionId: version.id, modelId, civitaiFileId: file.id }];
  });
}

async function fetchModels(
  blobs: ReadonlyMap<Sha256, BlobId>,
  learned: Learned,
  options: IdentifyOptions,
): Promise<void> {
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

/**
 * Models by their ids: a hundred a question with everything shown, then what was not listed once more without, then the
 * few left one by one. Only a single question that is answered "no" counts as absent: a list that drops a model says nothing.
 */
export async function fetchModelsById(
  ids: readonly ModelId[],
  blobs: ReadonlyMap<Sha256, BlobId>,
  learned: Learned,
  options: Pick<IdentifyOptions, 'catalog' | 'client' | 'now' | 'phase'>,
): Promise<void> {
  const left = new Set(ids);
  for (const scope of ['wide', 'default'] as const) {
    for (const batch of chunks([...left], DETAILS_AT_ONCE)) {
      const items = await options.client.modelsByIds(batch, scope);
      await keepModels(items, blobs, 'models?ids', learned, options);
      for (const item of items) left.delete(item.value.id);
      options.phase.advance(items.length);
    }
  }
  for (const id of left) {
    const item = await options.client.model(id);
    if (item === undefined)
      await recordLooks(options.catalog, 'model', [{ subject: String(id), answer: 'absent' }], options.now());
    else await keepModels([item], blobs, 'models', learned, options);
    options.phase.advance(1);
  }
}

/** Keeps model answers with all their versions, all or nothing: who has a state is not asked again. */
async function keepModels(
  items: readonly Item<Model>[],
  blobs: ReadonlyMap<Sha256, BlobId>,
  source: string,
  learned: Learned,
  { catalog, now }: Pick<IdentifyOptions, 'catalog' | 'now'>,
): Promise<void> {
  if (items.length === 0) return;
  const at = now();
  const versions = items.flatMap(({ value }) =>
    value.versions.map((version) => ({ version, modelId: value.id })),
  );
  const news = await catalog.write(async (trx) => {
    const kept = await keepPayloads(
      trx,
      items.map((item) => ({
        kind: 'model' as const,
        subject: String(item.value.id),
        source,
        digest: stableDigest(item.raw),
        raw: item.raw,
        seenAt: at,
      })),
    );
    await saveModels(
      trx,
      items.map((item) => modelFacts(item.value)),
      at,
    );
    await saveVersions(
      trx,
      versions.map(({ version, modelId }) =>
        versionFacts(version, modelId, { ordered: true, filesComplete: false }),
      ),
      at,
    );
    await recordLooks(
      trx,
      'model',
      items.map((item) => ({ subject: String(item.value.id), answer: 'found' as const })),
      at,
    );
    await recordLooks(
      trx,
      'version',
      versions.map(({ version }) => ({ subject: String(version.id), answer: 'found' as const })),
      at,
    );
    await saveCandidates(
      trx,
      versions.flatMap(({ version, modelId }) => candidatesOf(version, modelId, blobs)),
    );
    return newsIn<ModelId>(kept);
  });
  for (const id of news) learned.models.add(id);
  faultPoint('identify.models');
}

/** The subjects of which the answer is not as it was. */
function newsIn<Id extends number>(kept: readonly KeptPayload[]): Id[] {
  return kept.filter((one) => one.isNews).map((one) => Number(one.subject) as Id);
}
