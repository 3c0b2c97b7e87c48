import type { ExpressionBuilder, Kysely } from 'kysely';

import { cleanText } from './clean-text.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { CoverageTable } from './schema-coverage.ts';
import type { Tables } from './schema.ts';
import { upsert } from './upsert.ts';

/** Whose works, which, and how the site was asked. */
export interface WalkKey {
  /** As the site compares names. */
  readonly creator: string;
  readonly kind: CoverageTable['kind'];
  readonly question: string;
}

/** What earlier walks showed, once one of them came to its end. */
export interface KeptWalk {
  readonly members: ReadonlySet<number>;
  /** When the lists were last walked from end to end, epoch ms. */
  readonly wholeAt: number;
  /** Up to this time everything is known, epoch ms; `undefined` when the lists gave no times. */
  readonly markAt: number | undefined;
  /** How many of the announced that walk did not show. */
  readonly hidden: number | undefined;
}

/** A walk that has just ended. */
export interface WalkRecord {
  readonly members: Iterable<number>;
  readonly announced: number | undefined;
  /**
   * `whole`: these are all members there are, and all the site shows; `new`: all members there are, of which only the
   * new ones were looked at; `broken`: some of the members.
   */
  readonly end: 'whole' | 'new' | 'broken';
  readonly markAt: number | undefined;
}

/** What became of the members of a walk. */
export interface CoverageFates {
  readonly seen: number;
  readonly held: number;
  readonly filtered: number;
  readonly refused: number;
  readonly failed: number;
  /** Code to number. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** What earlier walks showed; `undefined` until one came to its end: part of a list is never the whole. */
export async function keptWalk(db: Kysely<Tables>, key: WalkKey): Promise<KeptWalk | undefined> {
  const row = await db.selectFrom('coverage').selectAll().where(matching(key)).executeTakeFirst();
  if (row === undefined || row.whole_at === null) return undefined;
  const members = await db
    .selectFrom('coverage_member')
    .select('subject')
    .where('coverage_id', '=', row.id)
    .execute();
  return {
    members: new Set(members.map(({ subject }) => subject)),
    wholeAt: row.whole_at,
    markAt: row.mark_at ?? undefined,
    hidden: row.hidden ?? undefined,
  };
}

function matching({ creator, kind, question }: WalkKey) {
  const clean = cleanText({ creator, question });
  return (eb: ExpressionBuilder<Tables, 'coverage'>) =>
    eb.and({ creator_key: clean.creator, kind, question: clean.question });
}

/** Keeps what a walk showed. After a broken one it still holds what whole ones had proven. */
export async function recordWalk(
  target: Writable,
  key: WalkKey,
  walk: WalkRecord,
  at: number,
): Promise<void> {
  const members = new Set(walk.members);
  const { announced, end, markAt } = walk;
  const proven = {
    ...(end === 'broken' ? {} : { mark_at: markAt ?? null }),
    ...(end === 'whole'
      ? { whole_at: at, hidden: announced === undefined ? null : announced - members.size }
      : {}),
  };
  const fates = { held: null, filtered: null, refused: null, failed: null, reasons: null };
  const told = { announced: announced ?? null, seen: members.size, walked_at: at, ...proven, ...fates };
  const row = cleanText({ creator_key: key.creator, kind: key.kind, question: key.question, ...told });
  await writing(target, async (trx) => {
    const { id } = await trx
      .insertInto('coverage')
      .values({ hidden: null, mark_at: null, whole_at: null, ...row })
      .onConflict((on) => on.columns(['creator_key', 'kind', 'question']).doUpdateSet(told))
      .returning('id')
      .executeTakeFirstOrThrow();
    if (end === 'whole') await trx.deleteFrom('coverage_member').where('coverage_id', '=', id).execute();
    const rows = [...members].map((subject) => ({ coverage_id: id, subject }));
    await upsert(trx, 'coverage_member', rows, { key: ['coverage_id', 'subject'] });
  });
}

/** Keeps what became of what a walk showed, at the end of a run. */
export async function recordFates(target: Writable, key: WalkKey, fates: CoverageFates): Promise<void> {
  const { reasons, ...numbers } = fates;
  await writing(target, (trx) =>
    trx
      .updateTable('coverage')
      .set({ ...numbers, reasons: JSON.stringify(reasons) })
      .where(matching(key))
      .execute(),
  );
}

/** What the last walk through a creator's works showed, for people. */
export interface CoverageGlance {
  readonly kind: CoverageTable['kind'];
  readonly announced: number | undefined;
  readonly seen: number;
  /** False until a walk came to its end: what was seen may be a part. */
  readonly isWhole: boolean;
  /** `undefined` while a run is under way. */
  readonly fates: Pick<CoverageFates, 'held' | 'filtered' | 'refused' | 'failed'> | undefined;
}

/** The last walks through the works of all creators, by the name as the site compares it; models first. */
export async function coverageGlances(db: Kysely<Tables>): Promise<Map<string, CoverageGlance[]>> {
  const rows = await db.selectFrom('coverage').selectAll().orderBy('walked_at').orderBy('id').execute();
  const last = new Map(rows.map((row) => [`${row.kind} ${row.creator_key}`, row]));
  const glances = new Map<string, CoverageGlance[]>();
  for (const row of [...last.values()].toSorted((a, b) => (a.kind > b.kind ? -1 : 1))) {
    const { held, filtered, refused, failed } = row;
    const own = glances.get(row.creator_key) ?? [];
    glances.set(row.creator_key, own);
    own.push({
      kind: row.kind,
      announced: row.announced ?? undefined,
      seen: row.seen,
      isWhole: row.whole_at !== null,
      fates:
        held === null || filtered === null || refused === null || failed === null
          ? undefined
          : { held, filtered, refused, failed },
    });
  }
  return glances;
}
