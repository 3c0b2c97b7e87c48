import type { BlobId, ModelId, Sha256 } from '../base/ids.ts';
import type { SourceError } from '../base/errors.ts';
import { historyMark, versionsChangedSince } from '../catalog/change.ts';
import type { Catalog } from '../catalog/open.ts';
import { statesOf } from '../catalog/state.ts';
import type { SubjectStateRow } from '../catalog/state.ts';
import { readByKeys } from '../catalog/upsert.ts';
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

/**
 * A model as the site stands to it after a refresh: `doubtful` when it was missed once and not yet long enough,
 * `unlisted` when no list shows it and it is not due to be asked for alone.
 */
export type ModelStanding = 'answered' | 'doubtful' | 'removed' | 'unlisted' | 'unchecked';

type Options = Omit<IdentifyOptions, 'force' | 'maxAgeMs'>;

/**
 * Asks again about models, about files that the site did not know and about those whose version was not shown this time:
 * only their hashes tell what became of them. What was answered before an outage is kept.
 */
export async function refreshKnown(
  models: readonly ModelId[],
  blobs: Blobs,
  options: Options,
): Promise<Refreshed> {
  const { catalog } = options;
  const startedAt = options.now();
  const mark = await historyMark(catalog.db);
  const learned = nothingLearned();
  let open: Blobs = new Map();
  const cut = await untilOutage(options.signal, async () => {
    await fetchModelsById(models, blobs, learned, options);
    // The model's answer says what changed; the version's own, which the sidecars hold, is asked for where it did.
    await fetchVersionsOf(await changedHashes(catalog, blobs, mark), blobs, learned, options);
    open = await openHashes(catalog, blobs, startedAt);
    await lookAgain(open, learned, options);
    await fetchVersionsOf(await foundOf(catalog, learned.hashes), blobs, learned, options);
  });
  const touched = await touchedBy(learned, blobs, catalog);
  if (cut !== undefined) return { touched, stopped: cut };
  // Asks for what is still without an answer: the models of files that were not known before.
  const identified = await identify(open, { ...options, force: false, maxAgeMs: undefined });
  return { touched: new Set([...touched, ...identified.touched]), stopped: identified.stopped };
}

/** How the models stand after a refresh that began at `since`; `whole` when nothing stopped it. */
export async function standingsOf(
  catalog: Catalog,
  models: readonly ModelId[],
  since: number,
  whole: boolean,
): Promise<Map<ModelId, ModelStanding>> {
  const states = await statesOf(catalog.db, 'model', models.map(String));
  return new Map(models.map((id) => [id, standingOf(states.get(String(id)), since, whole)]));
}

function standingOf(row: SubjectStateRow | undefined, since: number, whole: boolean): ModelStanding {
  const isFresh = (row?.checked_at ?? 0) >= since;
  if (row === undefined || (!isFresh && !whole)) return 'unchecked';
  if (row.state === 'removed') return 'removed';
  if (row.state === 'found' && row.missed_at !== null) return 'doubtful';
  // A young no is an answer too.
  return isFresh || row.state === 'missing' ? 'answered' : 'unlisted';
}

/** Hashes that the site did not show when it was last asked, or whose version no answer since `since` has shown. */
async function openHashes(catalog: Catalog, blobs: Blobs, since: number): Promise<Map<Sha256, BlobId>> {
  const states = await statesOf(catalog.db, 'hash', blobs.keys());
  const rows = await readByKeys(blobs.values(), (some) =>
    catalog.db
      .selectFrom('file')
      .innerJoin('choice', 'choice.file_id', 'file.id')
      .innerJoin('version', 'version.id', 'choice.version_id')
      .select('file.blob_id')
      .where('file.blob_id', 'in', some)
      .where('version.seen_at', '<', since)
      .execute(),
  );
  const unseen = new Set(rows.map((row) => row.blob_id));
  return new Map(
    [...blobs].filter(([sha256, blobId]) => states.get(sha256)?.state !== 'found' || unseen.has(blobId)),
  );
}

/** Those of some hashes that the site shows. */
async function foundOf(catalog: Catalog, hashes: ReadonlySet<Sha256>): Promise<Sha256[]> {
  const states = await statesOf(catalog.db, 'hash', hashes);
  return [...hashes].filter((hash) => states.get(hash)?.state === 'found');
}

/** Hashes of known files of whose version something is in the history behind a mark. */
async function changedHashes(catalog: Catalog, blobs: Blobs, mark: number): Promise<Sha256[]> {
  const rows = await readByKeys(await versionsChangedSince(catalog.db, mark), (some) =>
    catalog.db.selectFrom('candidate').select('blob_id').where('version_id', 'in', some).execute(),
  );
  const changed = new Set(rows.map((row) => row.blob_id));
  return [...blobs].flatMap(([sha256, blobId]) => (changed.has(blobId) ? [sha256] : []));
}
