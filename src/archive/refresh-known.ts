import type { BlobId, ModelId, Sha256 } from '../base/ids.ts';
import type { SourceError } from '../base/errors.ts';
import type { Catalog } from '../catalog/open.ts';
import { statesOf } from '../catalog/state.ts';
import { fetchModelsById, fetchVersionsOf } from './fetch-details.ts';
import { identify, lookAgain, touchedBy, untilOutage } from './identify.ts';
import type { IdentifyOptions } from './identify.ts';
import { nothingLearned } from './keep-answers.ts';
import type { Blobs } from './keep-answers.ts';

export interface Refreshed {
  /** Hashes that have a new answer. */
  readonly touched: ReadonlySet<Sha256>;
  /** Why the site could not be asked to the end. */
  readonly stopped: SourceError | undefined;
}

/** A model as the site stands to it after a refresh; `doubtful` when it was missed once and not yet long enough. */
export type ModelStanding = 'answered' | 'doubtful' | 'removed' | 'unchecked';

type Options = Omit<IdentifyOptions, 'force' | 'maxAgeMs'>;

/**
 * Asks again about models and about files that the site did not know. Files whose version was not shown this time are
 * looked up by themselves: only that tells what became of them. What was answered before an outage is kept.
 */
export async function refreshKnown(
  models: readonly ModelId[],
  blobs: Blobs,
  options: Options,
): Promise<Refreshed> {
  const { catalog } = options;
  const startedAt = options.now();
  const learned = nothingLearned();
  const cut = await untilOutage(options.signal, async () => {
    await fetchModelsById(models, blobs, learned, options);
    // The model's answer says what changed; the version's own, which the sidecars hold, is asked for where it did.
    await fetchVersionsOf(await changedHashes(catalog, blobs, startedAt), blobs, learned, options);
    await lookAgain(await unseenHashes(catalog, blobs, startedAt), learned, options);
  });
  const touched = await touchedBy(learned, blobs, catalog);
  if (cut !== undefined) return { touched, stopped: cut };
  // Asks for what was not asked above: what the site never knew, and the versions under which something came back.
  const open = await openHashes(catalog, blobs, startedAt);
  const identified = await identify(open, { ...options, force: false, maxAgeMs: options.now() - startedAt });
  return { touched: new Set([...touched, ...identified.touched]), stopped: identified.stopped };
}

/** How the models stand after a refresh that began at `since`. */
export async function standingsOf(
  catalog: Catalog,
  models: readonly ModelId[],
  since: number,
): Promise<Map<ModelId, ModelStanding>> {
  const states = await statesOf(catalog.db, 'model', models.map(String));
  return new Map(
    models.map((id) => {
      const row = states.get(String(id));
      if (row === undefined || (row.checked_at ?? 0) < since) return [id, 'unchecked'];
      if (row.state === 'removed') return [id, 'removed'];
      return [id, row.missed_at === null || row.state === 'missing' ? 'answered' : 'doubtful'];
    }),
  );
}

/** Hashes of known files whose version no answer since `since` has shown. */
async function unseenHashes(catalog: Catalog, blobs: Blobs, since: number): Promise<Map<Sha256, BlobId>> {
  const rows = await catalog.db
    .selectFrom('choice')
    .innerJoin('version', 'version.id', 'choice.version_id')
    .innerJoin('file', 'file.id', 'choice.file_id')
    .innerJoin('blob', 'blob.id', 'file.blob_id')
    .select('blob.sha256')
    .where('version.seen_at', '<', since)
    .execute();
  const unseen = new Set(rows.map((row) => row.sha256));
  return new Map([...blobs].filter(([sha256]) => unseen.has(sha256)));
}

/** Hashes that the site did not show when it was last asked, or whose version it does not show now. */
async function openHashes(catalog: Catalog, blobs: Blobs, since: number): Promise<Map<Sha256, BlobId>> {
  const rows = await catalog.db
    .selectFrom('subject_state')
    .select('subject')
    .where('kind', '=', 'hash')
    .where('state', '=', 'found')
    .execute();
  const found = new Set(rows.map((row) => row.subject));
  const unseen = await unseenHashes(catalog, blobs, since);
  return new Map([...blobs].filter(([sha256]) => !found.has(sha256) || unseen.has(sha256)));
}

/** Hashes of known files of whose version something changed since `since`. */
async function changedHashes(catalog: Catalog, blobs: Blobs, since: number): Promise<Sha256[]> {
  const changes = await catalog.db
    .selectFrom('change')
    .select('subject')
    .where('kind', '=', 'version')
    .where('at', '>=', since)
    .execute();
  const changed = new Set(changes.map((change) => Number(change.subject)));
  if (changed.size === 0) return [];
  const rows = await catalog.db
    .selectFrom('candidate')
    .innerJoin('blob', 'blob.id', 'candidate.blob_id')
    .select(['candidate.version_id', 'blob.sha256'])
    .execute();
  return [
    ...new Set(rows.filter((row) => changed.has(row.version_id)).map((row) => row.sha256 as Sha256)),
  ].filter((sha256) => blobs.has(sha256));
}
