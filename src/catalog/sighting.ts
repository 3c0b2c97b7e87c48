import type { Kysely } from 'kysely';

import type { Tables } from './schema.ts';
import { groupBy, readByKeys, upsert, writeByKeys } from './upsert.ts';

/** A payload seen at a time. */
export interface Look {
  readonly kind: string;
  readonly subject: string;
  readonly source: string;
  readonly payloadId: number;
  readonly seenAt: number;
}

interface Span {
  /** Undefined while it is not stored. */
  readonly id: number | undefined;
  readonly payloadId: number;
  readonly fromAt: number;
  toAt: number;
}

/**
 * Records looks, all of one kind and from one source, in their order: one that shows the same payload as the look before
 * extends its span, any other begins a new one and is in the result.
 */
export async function recordSightings<Item extends Look>(
  trx: Kysely<Tables>,
  group: readonly Item[],
): Promise<Set<Item>> {
  const { kind, source } = group[0] as Item;
  const newest = await newestSpans(trx, group);
  const added: { subject: string; span: Span }[] = [];
  const news = new Set<Item>();
  const extended = new Set<Span>();
  for (const item of group) {
    const { payloadId } = item;
    const last = newest.get(item.subject);
    // A clock that was set back must not put what was seen last before what was seen earlier.
    const at = Math.max(item.seenAt, last?.toAt ?? item.seenAt);
    if (last?.payloadId === payloadId) {
      if (at > last.toAt) extended.add(last);
      last.toAt = at;
    } else {
      const span: Span = { id: undefined, payloadId, fromAt: at, toAt: at };
      newest.set(item.subject, span);
      added.push({ subject: item.subject, span });
      news.add(item);
    }
  }
  for (const [to_at, spans] of groupBy(extended, (span) => span.toAt)) {
    const stored = spans.flatMap(({ id }) => (id === undefined ? [] : [id]));
    await writeByKeys(stored, (some) =>
      trx.updateTable('sighting').set({ to_at }).where('id', 'in', some).execute(),
    );
  }
  const rows = added.map(({ subject, span: { payloadId, fromAt, toAt } }) => {
    return { payload_id: payloadId, kind, subject, source, from_at: fromAt, to_at: toAt };
  });
  await upsert(trx, 'sighting', rows, { key: ['id'] });
  return news;
}

/** The endpoints from which subjects were last seen. */
export async function lastSources(
  db: Kysely<Tables>,
  kind: string,
  subjects: Iterable<string>,
): Promise<Map<string, string>> {
  const rows = await readByKeys(subjects, (some) =>
    db
      .selectFrom('sighting')
      .select(['subject', 'source', 'to_at'])
      .where('kind', '=', kind)
      .where('subject', 'in', some)
      .orderBy('to_at')
      .orderBy('id')
      .execute(),
  );
  // Later rows replace earlier ones.
  return new Map(rows.map((row) => [row.subject, row.source]));
}

async function newestSpans(trx: Kysely<Tables>, group: readonly Look[]): Promise<Map<string, Span>> {
  const { kind, source } = group[0] as Look;
  const rows = await readByKeys(
    group.map(({ subject }) => subject),
    (some) =>
      trx
        .selectFrom('sighting')
        .select(['id', 'subject', 'payload_id', 'from_at', 'to_at'])
        .where('kind', '=', kind)
        .where('subject', 'in', some)
        .where('source', '=', source)
        .orderBy('to_at')
        .orderBy('id')
        .execute(),
  );
  // Later rows replace earlier ones.
  return new Map(
    rows.map((row) => [
      row.subject,
      { id: row.id, payloadId: row.payload_id, fromAt: row.from_at, toAt: row.to_at },
    ]),
  );
}
