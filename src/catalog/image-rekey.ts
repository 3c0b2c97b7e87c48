import type { Kysely } from 'kysely';
import { sql } from 'kysely';

import type { Tables } from './schema.ts';

/**
 * Gives a picture that had an id of ours the one Civitai uses, in every table. When there is a row under that id
 * already, it wins and ours goes.
 */
export async function rekeyImage(trx: Kysely<Tables>, ours: number, theirs: number): Promise<void> {
  const there = await trx.selectFrom('image').select('id').where('id', '=', theirs).executeTakeFirst();
  if (there === undefined)
    await trx.updateTable('image').set({ id: theirs }).where('id', '=', ours).execute();
  else await trx.deleteFrom('image').where('id', '=', ours).execute();
  await trx.updateTable('image_alias').set({ image_id: theirs }).where('image_id', '=', ours).execute();
  await trx.updateTable('output').set({ image_id: theirs }).where('image_id', '=', ours).execute();
  await sql`
    insert into image_use (version_id, image_id, position)
    select version_id, cast(${theirs} as bigint), position from image_use where image_id = ${ours}
    on conflict (version_id, image_id) do nothing`.execute(trx);
  await trx.deleteFrom('image_use').where('image_id', '=', ours).execute();
  await sql`
    insert into gen_param (image_id, source, prompt, negative, seed, steps, cfg, sampler, model, settings)
    select cast(${theirs} as bigint), source, prompt, negative, seed, steps, cfg, sampler, model, settings
    from gen_param where image_id = ${ours}
    on conflict (image_id, source) do nothing`.execute(trx);
  await trx.deleteFrom('gen_param').where('image_id', '=', ours).execute();
}
