import type { Kysely, Selectable } from 'kysely';

import { scrubText } from '../base/json.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { SubjectKind, SubjectState, SubjectStateTable, Tables } from './schema.ts';
import { DEFAULT_AGES, standingAfter } from './state-change.ts';
import type { Answer, StateAges } from './state-change.ts';
import { readByKeys, upsert } from './upsert.ts';

export type SubjectStateRow = Selectable<SubjectStateTable>;

/** One look at the site. */
export interface Look {
  readonly subject: string;
  readonly answer: Answer;
}

/** What a look did to a subject's state; `before` is undefined when it had none. */
export interface StateChange {
  readonly before: SubjectState | undefined;
  readonly after: SubjectState;
}

/** Records what looks at the site showed; see `standingAfter` for the rules. The result holds every subject looked at. */
export async function recordLooks(
  target: Writable,
  kind: SubjectKind,
  looks: readonly Look[],
  at: number,
  ages: Partial<StateAges> = {},
): Promise<Map<string, StateChange>> {
  const allAges = { ...DEFAULT_AGES, ...ages };
  return writing(target, async (trx) => {
    const stored = await statesOf(
      trx,
      kind,
      looks.map(({ subject }) => subject),
    );
    const rows = new Map<string, SubjectStateRow>();
    const changes = new Map<string, StateChange>();
    for (const { subject: raw, answer } of looks) {
      const subject = scrubText(raw);
      const before = rows.get(subject) ?? stored.get(subject);
      const after = standingAfter(before, answer, at, allAges);
      if (after !== before) rows.set(subject, { kind, subject, ...after });
      changes.set(subject, { before: stored.get(subject)?.state, after: after.state });
    }
    await upsert(trx, 'subject_state', [...rows.values()], { key: ['kind', 'subject'] });
    return changes;
  });
}

/** The states of these subjects, where they have one. */
export async function statesOf(
  db: Kysely<Tables>,
  kind: SubjectKind,
  subjects: Iterable<string>,
): Promise<Map<string, SubjectStateRow>> {
  const rows = await readByKeys(Array.from(subjects, scrubText), (some) =>
    db
      .selectFrom('subject_state')
      .selectAll()
      .where('kind', '=', kind)
      .where('subject', 'in', some)
      .execute(),
  );
  return new Map(rows.map((row) => [row.subject, row]));
}

/** The subjects to ask for at `at`, longest due first. */
export async function dueSubjects(db: Kysely<Tables>, kind: SubjectKind, at: number): Promise<string[]> {
  const rows = await db
    .selectFrom('subject_state')
    .select('subject')
    .where('kind', '=', kind)
    .where('next_check_at', '<=', at)
    .orderBy('next_check_at')
    .orderBy('subject')
    .execute();
  return rows.map((row) => row.subject);
}
