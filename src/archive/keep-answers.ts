import type { BlobId, ModelId, Sha256, VersionId } from '../base/ids.ts';
import { faultPoint } from '../base/fault-point.ts';
import { saveCandidates } from '../catalog/candidate.ts';
import { saveModels } from '../catalog/model.ts';
import type { Catalog } from '../catalog/open.ts';
import { keepPayloads } from '../catalog/payload.ts';
import type { KeptPayload } from '../catalog/payload.ts';
import { recordLooks } from '../catalog/state.ts';
import { saveVersions } from '../catalog/version.ts';
import { stableDigest } from '../civitai/digest.ts';
import type { Item, Model, Version } from '../civitai/shapes/types.ts';
import { modelFacts, shortModelFacts, versionFacts } from './to-facts.ts';

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

/** Bytes that are in the library, by hash. */
export type Blobs = ReadonlyMap<Sha256, BlobId>;

interface KeepOptions {
  readonly catalog: Catalog;
  readonly now: () => number;
}

/** Keeps version answers, all or nothing: payload, facts, state, and which of their files have bytes that we hold. */
export async function keepVersions(
  items: readonly Item<Version>[],
  blobs: Blobs,
  source: string,
  learned: Learned,
  { catalog, now }: KeepOptions,
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
  blobs: Blobs,
): { blobId: BlobId; versionId: VersionId; modelId: ModelId; civitaiFileId: number }[] {
  return (version.files ?? []).flatMap((file) => {
    const blobId = blobs.get(file.hashes['SHA256'] as Sha256);
    return blobId === undefined ? [] : [{ blobId, versionId: version.id, modelId, civitaiFileId: file.id }];
  });
}

/** Keeps model answers with all their versions, all or nothing: who has a state is not asked again. */
export async function keepModels(
  items: readonly Item<Model>[],
  blobs: Blobs,
  source: string,
  learned: Learned,
  { catalog, now }: KeepOptions,
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
