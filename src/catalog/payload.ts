import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { ZstdOptions } from 'node:zlib';

import type { Kysely } from 'kysely';

import { cleanText } from './clean-text.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { PayloadTable, Tables } from './schema.ts';
import { recordSightings } from './sighting.ts';
import { groupBy, readByKeys, upsert } from './upsert.ts';

export type PayloadKind = PayloadTable['kind'];

/** A raw answer about one subject. */
export interface PayloadInput {
  readonly kind: PayloadKind;
  readonly subject: string;
  /** The endpoint, for example `models?ids`. */
  readonly source: string;
  /** Equal digests mean equal answers, statistics apart. */
  readonly digest: string;
  /** JSON text as it came. */
  readonly raw: string;
  readonly seenAt: number;
}

/** What became of a payload. */
export interface KeptPayload {
  readonly subject: string;
  readonly payloadId: number;
  /** True when this answer was never seen before. */
  readonly isNew: boolean;
  /** True when the look before this one showed something else, or there was none. */
  readonly isNews: boolean;
}

/** An answer as it was kept. */
export interface LatestPayload {
  readonly raw: string;
  /** When it was last seen, epoch ms. */
  readonly seenAt: number;
  readonly source: string;
}

/** An unbroken span in which one answer was seen. */
export interface PayloadSpan {
  readonly payloadId: number;
  readonly source: string;
  readonly digest: string;
  readonly fromAt: number;
  readonly toAt: number;
}

/**
 * Keeps raw answers, each once, and when they were seen: a look that shows the same as the one before extends its span,
 * any other begins a new one, so an answer that comes back has two. The result is in the order of `items`.
 */
export async function keepPayloads(target: Writable, items: readonly PayloadInput[]): Promise<KeptPayload[]> {
  const clean = items.map((item) => ({
    ...item,
    ...cleanText({ subject: item.subject, source: item.source }),
  }));
  return writing(target, async (trx) => {
    const stored = new Map<PayloadInput, StoredPayload>();
    const news = new Set<PayloadInput>();
    // An answer comes from one endpoint about one kind: these groups are few, mostly one.
    for (const group of groupBy(clean, ({ kind, source }) => `${kind} ${source}`).values()) {
      const ids = await storeBodies(trx, group, stored);
      const looks = group.map((item) => ({ ...item, payloadId: ids.get(keyOf(item)) as number, item }));
      for (const { item } of await recordSightings(trx, looks)) news.add(item);
    }
    return clean.map((item) => ({ ...(stored.get(item) as StoredPayload), isNews: news.has(item) }));
  });
}

type StoredPayload = Omit<KeptPayload, 'isNews'>;

type IdsByDigest = ReadonlyMap<string, number>;

function keyOf({ subject, digest }: { readonly subject: string; readonly digest: string }): string {
  return `${digest} ${subject}`;
}

async function storeBodies(
  trx: Kysely<Tables>,
  group: readonly PayloadInput[],
  kept: Map<PayloadInput, StoredPayload>,
): Promise<IdsByDigest> {
  const known = await bodyIds(trx, group);
  const fresh = new Map<string, PayloadInput>();
  for (const item of group) {
    const key = keyOf(item);
    if (!known.has(key) && !fresh.has(key)) fresh.set(key, item);
  }
  const rows = [...fresh.values()].map(rowOf);
  await upsert(trx, 'payload', rows, { key: ['kind', 'subject', 'source', 'digest'], first: ['body'] });
  const ids = fresh.size === 0 ? known : await bodyIds(trx, group);
  for (const item of group) {
    const payloadId = ids.get(keyOf(item)) as number;
    kept.set(item, { subject: item.subject, payloadId, isNew: fresh.get(keyOf(item)) === item });
  }
  return ids;
}

async function bodyIds(trx: Kysely<Tables>, group: readonly PayloadInput[]): Promise<Map<string, number>> {
  const { kind, source } = group[0] as PayloadInput;
  const rows = await readByKeys(
    group.map(({ subject }) => subject),
    (some) =>
      trx
        .selectFrom('payload')
        .select(['id', 'subject', 'digest'])
        .where('kind', '=', kind)
        .where('source', '=', source)
        .where('subject', 'in', some)
        .execute(),
  );
  return new Map(rows.map((row) => [keyOf(row), row.id]));
}

function rowOf({ kind, subject, source, digest, raw, seenAt }: PayloadInput) {
  const text = Buffer.from(raw, 'utf8');
  return {
    kind,
    subject,
    source,
    digest,
    body: compress(text),
    bytes: text.length,
    first_seen_at: seenAt,
  };
}

/** Told the size, zstd takes tables of that size instead of megabytes for every answer. */
function compress(text: Buffer): Uint8Array {
  // Missing in the types of Node, not in its documentation.
  const options: ZstdOptions & { pledgedSrcSize: number } = { pledgedSrcSize: text.length };
  return zstdCompressSync(text, options);
}

/** The answer about a subject that was seen last, from one endpoint or from any. */
export async function latestPayload(
  db: Kysely<Tables>,
  kind: PayloadKind,
  subject: string,
  source?: string,
): Promise<LatestPayload | undefined> {
  return (await latestPayloads(db, kind, [subject], source)).get(subject);
}

/** The same for many subjects. Answers are some 50 kB each: ask for a few hundred at a time. */
export async function latestPayloads(
  db: Kysely<Tables>,
  kind: PayloadKind,
  subjects: Iterable<string>,
  source?: string,
): Promise<Map<string, LatestPayload>> {
  const spans = await readByKeys(subjects, (some) => {
    const query = db
      .selectFrom('sighting')
      .select(['subject', 'payload_id', 'source', 'to_at'])
      .where('kind', '=', kind)
      .where('subject', 'in', some)
      .orderBy('to_at')
      .orderBy('id');
    return (source === undefined ? query : query.where('source', '=', source)).execute();
  });
  const last = new Map(spans.map((span) => [span.subject, span]));
  const wanted = [...last.values()].map((span) => span.payload_id);
  const bodies = await readByKeys(wanted, (some) =>
    db.selectFrom('payload').select(['id', 'body', 'bytes']).where('id', 'in', some).execute(),
  );
  const raws = new Map(bodies.map((row) => [row.id, textOf(row)]));
  return new Map(
    [...last].map(([subject, span]) => [
      subject,
      { raw: raws.get(span.payload_id) ?? '', seenAt: span.to_at, source: span.source },
    ]),
  );
}

/** When subjects were first answered about, epoch ms; those that never were are left out. */
export async function firstAnswers(
  db: Kysely<Tables>,
  kind: PayloadKind,
  subjects: Iterable<string>,
): Promise<Map<string, number>> {
  const rows = await readByKeys(subjects, (some) =>
    db
      .selectFrom('payload')
      .select((select) => ['subject', select.fn.min('first_seen_at').as('at')])
      .where('kind', '=', kind)
      .where('subject', 'in', some)
      .groupBy('subject')
      .execute(),
  );
  return new Map(rows.map((row) => [row.subject, Number(row.at)]));
}

/** Every span in which something was seen of a subject, oldest first. */
export async function payloadHistory(
  db: Kysely<Tables>,
  kind: PayloadKind,
  subject: string,
): Promise<PayloadSpan[]> {
  return db
    .selectFrom('sighting')
    .innerJoin('payload', 'payload.id', 'sighting.payload_id')
    .select([
      'payload.id as payloadId',
      'sighting.source',
      'payload.digest',
      'sighting.from_at as fromAt',
      'sighting.to_at as toAt',
    ])
    .where('sighting.kind', '=', kind)
    .where('sighting.subject', '=', subject)
    .orderBy('sighting.from_at')
    .orderBy('sighting.id')
    .execute();
}

/** The text of one kept answer. */
export async function payloadText(db: Kysely<Tables>, payloadId: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('payload')
    .select(['body', 'bytes'])
    .where('id', '=', payloadId)
    .executeTakeFirst();
  return row === undefined ? undefined : textOf(row);
}

function textOf({ body, bytes }: { readonly body: Uint8Array; readonly bytes: number }): string {
  return zstdDecompressSync(body, { maxOutputLength: Math.max(bytes, 1) }).toString('utf8');
}
