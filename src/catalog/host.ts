import { cleanText } from './clean-text.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';

/** Records the machine we run on, by the random id kept in its state folder; a changed name is taken over. */
export async function ensureHost(target: Writable, id: string, name: string, at: number): Promise<void> {
  const row = cleanText({ id, name, first_seen_at: at });
  await writing(target, (trx) =>
    trx
      .insertInto('host')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ name: row.name }))
      .execute(),
  );
}
