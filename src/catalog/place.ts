import type { Kysely, Selectable } from 'kysely';

import { cleanText } from './clean-text.ts';
import type { Tables } from './schema.ts';
import type { PlaceTable } from './schema-transfers.ts';
import { upsert } from './upsert.ts';

/** A folder that belongs to a creator, a model or a post for good. */
export type Place = Pick<Selectable<PlaceTable>, 'kind' | 'subject' | 'folder' | 'folded'>;

/** All folders that belong to somebody or something in an output (absolute) of this host. */
export async function placesIn(db: Kysely<Tables>, hostId: string, output: string): Promise<Place[]> {
  return await db
    .selectFrom('place')
    .select(['kind', 'subject', 'folder', 'folded'])
    .where('host_id', '=', hostId)
    .where('output', '=', output)
    .orderBy('folded')
    .execute();
}

/** Keeps new ones; whoever has a folder keeps it. */
export async function keepPlaces(
  trx: Kysely<Tables>,
  hostId: string,
  output: string,
  places: readonly Place[],
): Promise<void> {
  const rows = places.map((place) => cleanText({ ...place, host_id: hostId, output }));
  await upsert(trx, 'place', rows, {
    key: ['host_id', 'output', 'kind', 'subject'],
    first: ['folder', 'folded'],
  });
}

/** What posts are called on this host: their titles as far as folders have them, by the site's id. */
export async function postTitles(db: Kysely<Tables>, hostId: string): Promise<Map<number, string>> {
  const rows = await db
    .selectFrom('place')
    .select(['subject', 'folder'])
    .where('host_id', '=', hostId)
    .where('kind', '=', 'post')
    .orderBy('output')
    .execute();
  return new Map(
    rows.flatMap(({ subject, folder }) => {
      const name = folder.split('/').at(-1) ?? '';
      return name === '' || name === `Post_${subject}` ? [] : [[Number(subject), name] as const];
    }),
  );
}
