import type { Kysely } from 'kysely';

import { textOrNull } from './facts-clean.ts';
import type { CreatorFacts } from './facts.ts';
import type { Tables } from './schema.ts';
import { readByKeys, upsert } from './upsert.ts';

/** The key of a creator: Civitai's names ignore letter case. */
export function creatorKey(username: string): string {
  return username.normalize('NFC').toLowerCase();
}

/** Keeps creators; the last spelling of a name wins, a missing picture takes none away. */
export async function saveCreators(trx: Kysely<Tables>, creators: Iterable<CreatorFacts>): Promise<void> {
  const rows = new Map<string, { username_key: string; username: string; image: string | null }>();
  for (const { username, image } of creators) {
    const name = textOrNull(username) ?? '';
    const key = creatorKey(name);
    rows.set(key, {
      username_key: key,
      username: name,
      image: textOrNull(image) ?? rows.get(key)?.image ?? null,
    });
  }
  await upsert(trx, 'creator', [...rows.values()], { key: ['username_key'], fill: ['image'] });
}

/** Those of some keys that the site told of. */
export async function knownCreators(db: Kysely<Tables>, keys: Iterable<string>): Promise<Set<string>> {
  const rows = await readByKeys(keys, (some) =>
    db.selectFrom('creator').select('username_key').where('username_key', 'in', some).execute(),
  );
  return new Set(rows.map((row) => row.username_key));
}
