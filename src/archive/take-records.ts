import type { BlobId, Sha256 } from '../base/ids.ts';
import { ensureBlobs } from '../catalog/blob.ts';
import type { Catalog } from '../catalog/open.ts';
import { latestPayload } from '../catalog/payload.ts';
import type { SubjectKind } from '../catalog/schema.ts';
import { recordLooks, statesOf } from '../catalog/state.ts';
import { versionKey } from './find-records.ts';
import type { FoundRecord } from './find-records.ts';
import { keepModels, keepVersions, nothingLearned } from './keep-answers.ts';

/** What became of some records; the parts add up to `total`. */
export interface TakenRecords {
  readonly total: number;
  readonly taken: number;
  readonly known: number;
  readonly refused: number;
}

type Of<Kind extends FoundRecord['kind']> = Extract<FoundRecord, { readonly kind: Kind }>;

/**
 * Takes the records of other programs over as answers of the site, each with its file's date. What we saw later ourselves
 * stays: such a record is known. With `dry`, only counts.
 */
export async function takeRecords(
  catalog: Catalog,
  records: readonly FoundRecord[],
  { dry, signal }: { readonly dry: boolean; readonly signal: AbortSignal },
): Promise<TakenRecords> {
  const counts = { total: records.length, taken: 0, known: 0, refused: 0 };
  const hashes = new Map(records.flatMap((one) => (one.kind === 'hash' ? [[one.key, one.sha256]] : [])));
  // All judged before any is taken: a dry run must say the same.
  const known = new Set<FoundRecord>();
  for (const record of records)
    if (record.kind !== 'refused' && (await isKnown(catalog, record, hashes))) known.add(record);
  for (const record of records) {
    signal.throwIfAborted();
    if (record.kind === 'refused') counts.refused += 1;
    else if (known.has(record)) counts.known += 1;
    else {
      if (!dry) await take(catalog, record, hashes);
      counts.taken += 1;
    }
  }
  return counts;
}

/** True when the catalog holds the same or something newer. */
async function isKnown(
  catalog: Catalog,
  record: Exclude<FoundRecord, Of<'refused'>>,
  hashes: ReadonlyMap<string, Sha256>,
): Promise<boolean> {
  if (record.kind === 'version' || record.kind === 'model') {
    const last = await latestPayload(catalog.db, record.kind, String(record.item.value.id));
    return last !== undefined && last.seenAt >= record.at;
  }
  const sha256 = record.kind === 'hash' ? record.sha256 : hashes.get(record.key);
  if (sha256 === undefined) return true;
  const state = (await statesOf(catalog.db, 'hash', [sha256])).get(sha256);
  return state !== undefined && state.state !== 'unchecked';
}

async function take(
  catalog: Catalog,
  record: Exclude<FoundRecord, Of<'refused'>>,
  hashes: ReadonlyMap<string, Sha256>,
): Promise<void> {
  const { at } = record;
  const options = { catalog, now: () => at };
  if (record.kind === 'model') {
    const subject = String(record.item.value.id);
    await lookingBack(catalog, 'model', subject, () =>
      keepModels([record.item], new Map(), 'import', nothingLearned(), options),
    );
  }
  if (record.kind === 'version') await takeVersion(catalog, record, hashes.get(versionKey(record.path)));
  const absent = record.kind === 'absent' ? hashes.get(record.key) : undefined;
  if (absent !== undefined) await recordLooks(catalog, 'hash', [{ subject: absent, answer: 'absent' }], at);
}

/** A version and the bytes that it is: those that were hashed, else those of the file that the answer names. */
async function takeVersion(
  catalog: Catalog,
  record: Of<'version'>,
  hashed: Sha256 | undefined,
): Promise<void> {
  const { at, item } = record;
  const sha256 = hashed ?? record.sha256;
  const size = item.value.files?.find((file) => file.hashes['SHA256'] === sha256)?.size;
  const isOfIt = sha256 !== undefined && size !== undefined;
  const blobs: ReadonlyMap<Sha256, BlobId> = isOfIt
    ? ((await ensureBlobs(catalog, [{ sha256, size }], at)) as Map<Sha256, BlobId>)
    : new Map();
  await lookingBack(catalog, 'version', String(item.value.id), () =>
    keepVersions([item], blobs, 'import', nothingLearned(), { catalog, now: () => at }),
  );
  if (isOfIt)
    await lookingBack(catalog, 'hash', sha256, () =>
      recordLooks(catalog, 'hash', [{ subject: sha256, answer: 'found' }], at),
    );
}

/**
 * Takes an old answer; what the site said "no" to since then is told once more, so that what was found and is gone ends as
 * removed. One "no" alone leaves it found until it is asked again, as always.
 */
async function lookingBack(
  catalog: Catalog,
  kind: SubjectKind,
  subject: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const before = (await statesOf(catalog.db, kind, [subject])).get(subject);
  if (kind === 'hash' && before?.state === 'found') return;
  await work();
  if (before === undefined || (before.state !== 'missing' && before.state !== 'removed')) return;
  for (const at of [before.since_at, before.checked_at ?? before.since_at])
    await recordLooks(catalog, kind, [{ subject, answer: 'absent' }], at);
}
