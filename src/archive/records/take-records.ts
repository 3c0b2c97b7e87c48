import { dirname } from 'node:path';
import type { BlobId, Sha256 } from '../../base/ids.ts';
import { blobsBySha, ensureBlobs } from '../../catalog/blob.ts';
import { headersOf, saveHeaders } from '../../catalog/header.ts';
import { notedUnder, saveNotedHashes } from '../../catalog/noted-hash.ts';
import type { NotedHashRow } from '../../catalog/noted-hash.ts';
import type { Catalog } from '../../catalog/open.ts';
import { latestPayload } from '../../catalog/payload.ts';
import type { SubjectKind } from '../../catalog/schema.ts';
import { recordLooks, statesOf } from '../../catalog/state.ts';
import { keepModels, keepVersions, nothingLearned } from '../keep-answers.ts';
import { isInside } from '../targets.ts';
import { noteHashes } from './note-hashes.ts';
import { imageOf, imagesByKey } from './pictured.ts';
import type { FoundRecord, RecordOf } from './record.ts';
import { isPictureKnown, takePicture } from './take-picture.ts';

/** What became of some records; the parts but `pictures` add up to `total`. */
export interface TakenRecords {
  readonly total: number;
  readonly taken: number;
  readonly known: number;
  /** Records that are sound and of which nothing can be told: not even what they are about. */
  readonly unused: number;
  readonly refused: number;
  /** How many of those taken are previews. */
  readonly pictures: number;
}

type Verdict = 'take' | 'known' | 'unused';
type Sound = Exclude<FoundRecord, RecordOf<'refused' | 'download'>>;

/** What the records say together. */
interface Together {
  readonly catalog: Catalog;
  readonly records: readonly FoundRecord[];
  /** The hash of the model file, by key. */
  readonly hashes: ReadonlyMap<string, Sha256>;
  readonly noted: ReadonlyMap<RecordOf<'hash'>, NotedHashRow>;
  /** Hashes of files that will be in the catalog, whatever is there now. */
  readonly coming: ReadonlySet<Sha256>;
  imagesAt(key: string): readonly unknown[];
  readonly signal: AbortSignal;
}

/**
 * Takes the records of other programs over as answers of the site, each with its file's date. What we saw later ourselves
 * stays: such a record is known. With `dry`, only counts.
 */
export async function takeRecords(
  catalog: Catalog,
  records: readonly FoundRecord[],
  { dry, signal }: { readonly dry: boolean; readonly signal: AbortSignal },
): Promise<TakenRecords> {
  const counts = { total: records.length, taken: 0, known: 0, unused: 0, refused: 0, pictures: 0 };
  const all = together(catalog, records, signal);
  // All judged before any is taken: a dry run must say the same.
  const verdicts = new Map<Sound, Verdict>();
  for (const record of records)
    if (record.kind !== 'refused' && record.kind !== 'download')
      verdicts.set(record, await judge(record, all));
  for (const record of records) {
    signal.throwIfAborted();
    if (record.kind === 'download') continue;
    if (record.kind === 'refused') counts.refused += 1;
    else if (verdicts.get(record) === 'take') {
      if (!dry) await take(record, all);
      counts.taken += 1;
      if (record.kind === 'picture') counts.pictures += 1;
    } else if (verdicts.get(record) === 'known') counts.known += 1;
    else counts.unused += 1;
  }
  return counts;
}

function together(catalog: Catalog, records: readonly FoundRecord[], signal: AbortSignal): Together {
  const hashes = new Map(records.flatMap((one) => (one.kind === 'hash' ? [[one.key, one.sha256]] : [])));
  const coming = new Set(
    records.flatMap((one) => (one.kind === 'version' ? (ownFile(one, hashes)?.sha256 ?? []) : [])),
  );
  return {
    catalog,
    records,
    hashes,
    noted: noteHashes(records),
    coming,
    imagesAt: imagesByKey(records),
    signal,
  };
}

/** Tells what the catalog would gain; it may hold the same or something newer. */
async function judge(record: Sound, all: Together): Promise<Verdict> {
  const { catalog, hashes } = all;
  if (record.kind === 'version' || record.kind === 'model') {
    const last = await latestPayload(catalog.db, record.kind, String(record.item.value.id));
    return last !== undefined && last.seenAt >= record.at ? 'known' : 'take';
  }
  if (record.kind === 'picture') {
    if (imageOf(record, all.imagesAt) === undefined) return 'unused';
    return (await isPictureKnown(catalog.db, record)) ? 'known' : 'take';
  }
  if (record.kind === 'header') return await judgeHeader(record, all);
  if (record.kind === 'processed') return await judgeProcessed(record, all);
  if (record.kind === 'missing') {
    const about = listedHashes(record, all);
    if (about.size === 0) return record.entries.length === 0 ? 'known' : 'unused';
    return (await unanswered(catalog, [...about.keys()])).length > 0 ? 'take' : 'known';
  }
  if (record.kind === 'hash' && (await isNoteNew(record, all))) return 'take';
  const sha256 = record.kind === 'hash' ? record.sha256 : hashes.get(record.key);
  return sha256 !== undefined && (await unanswered(catalog, [sha256])).length > 0 ? 'take' : 'known';
}

/** Those of some hashes of which there is no answer. */
async function unanswered(catalog: Catalog, hashes: readonly Sha256[]): Promise<Sha256[]> {
  const states = await statesOf(catalog.db, 'hash', hashes);
  return hashes.filter((hash) => (states.get(hash)?.state ?? 'unchecked') === 'unchecked');
}

async function isNoteNew(record: RecordOf<'hash'>, { catalog, noted }: Together): Promise<boolean> {
  const row = noted.get(record);
  if (row === undefined) return false;
  const before = (await notedUnder(catalog.db, [record.path])).get(record.path);
  return before === undefined || JSON.stringify(Object.entries(before).toSorted()) !== JSON.stringify(Object.entries(row).toSorted()); // prettier-ignore
}

async function judgeHeader(
  { key }: RecordOf<'header'>,
  { catalog, hashes, coming }: Together,
): Promise<Verdict> {
  const sha256 = hashes.get(key);
  if (sha256 === undefined) return 'unused';
  const blob = (await blobsBySha(catalog.db, [sha256])).get(sha256);
  if (blob === undefined) return coming.has(sha256) ? 'take' : 'unused';
  return (await headersOf(catalog.db, [blob.id])).has(blob.id) ? 'known' : 'take';
}

/** Its paths tell where hashed files lay: it is new as far as one of those notes is. */
async function judgeProcessed(list: RecordOf<'processed'>, all: Together): Promise<Verdict> {
  const near = [...all.noted.keys()].filter((one) => isInside(dirname(list.path), one.path));
  for (const record of near) if (await isNoteNew(record, all)) return 'take';
  return near.length > 0 || list.files.length === 0 ? 'known' : 'unused';
}

/** The hashes of the files that a list of missing ones names, and when the site said so. */
function listedHashes(
  list: RecordOf<'missing'>,
  { noted }: Pick<Together, 'noted'>,
): ReadonlyMap<Sha256, number> {
  const times = new Map(list.entries.map(({ name, at }) => [name, at]));
  return new Map(
    [...noted].flatMap(([record, { name }]) => {
      const at = times.get(name);
      return at === undefined || !isInside(dirname(list.path), record.path)
        ? []
        : [[record.sha256, at] as const];
    }),
  );
}

async function take(record: Sound, all: Together): Promise<void> {
  const { catalog, hashes, noted } = all;
  const { at } = record;
  if (record.kind === 'model') {
    const subject = String(record.item.value.id);
    await lookingBack(catalog, 'model', subject, () =>
      keepModels([record.item], new Map(), 'import', nothingLearned(), { catalog, now: () => at }),
    );
  }
  if (record.kind === 'version') await takeVersion(catalog, record, hashes);
  if (record.kind === 'absent') await takeAbsent(catalog, hashes.get(record.key), at);
  if (record.kind === 'missing')
    for (const [sha256, since] of listedHashes(record, all)) await takeAbsent(catalog, sha256, since);
  const note = record.kind === 'hash' ? noted.get(record) : undefined;
  if (note !== undefined) await saveNotedHashes(catalog, [note]);
  if (record.kind === 'header') await takeHeader(catalog, record, hashes.get(record.key));
  const image = record.kind === 'picture' ? imageOf(record, all.imagesAt) : undefined;
  if (record.kind === 'picture' && image !== undefined) await takePicture(catalog, record, image, all.signal);
}

/** The site had no such file; where an answer is kept, it is newer or better. */
async function takeAbsent(catalog: Catalog, subject: Sha256 | undefined, at: number): Promise<void> {
  if (subject !== undefined && (await unanswered(catalog, [subject])).length > 0)
    await recordLooks(catalog, 'hash', [{ subject, answer: 'absent' }], at);
}

/** What a file said of itself, of bytes that may be nowhere any more; the file's own word comes when it is read. */
async function takeHeader(
  catalog: Catalog,
  { metadata }: RecordOf<'header'>,
  sha256: Sha256 | undefined,
): Promise<void> {
  const blob = sha256 === undefined ? undefined : (await blobsBySha(catalog.db, [sha256])).get(sha256);
  if (blob !== undefined) await saveHeaders(catalog, [{ blobId: blob.id, format: 'safetensors', metadata }]);
}

/** The bytes that a version is, as far as the site says their size: those that were hashed, else those of the file that the answer names. */
function ownFile(
  { key, item, sha256: named }: RecordOf<'version'>,
  hashes: ReadonlyMap<string, Sha256>,
): { readonly sha256: Sha256; readonly size: number } | undefined {
  const sha256 = hashes.get(key) ?? named;
  const size = item.value.files?.find((file) => file.hashes['SHA256'] === sha256)?.size;
  return sha256 === undefined || size === undefined ? undefined : { sha256, size };
}

async function takeVersion(
  catalog: Catalog,
  record: RecordOf<'version'>,
  hashes: ReadonlyMap<string, Sha256>,
): Promise<void> {
  const { at, item } = record;
  const own = ownFile(record, hashes);
  const blobs: ReadonlyMap<Sha256, BlobId> =
    own === undefined ? new Map() : ((await ensureBlobs(catalog, [own], at)) as Map<Sha256, BlobId>);
  await lookingBack(catalog, 'version', String(item.value.id), () =>
    keepVersions([item], blobs, 'import', nothingLearned(), { catalog, now: () => at }),
  );
  if (own !== undefined)
    await lookingBack(catalog, 'hash', own.sha256, () =>
      recordLooks(catalog, 'hash', [{ subject: own.sha256, answer: 'found' }], at),
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
