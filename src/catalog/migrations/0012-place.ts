import { sql } from 'kysely';

import type { Migration } from '../migrate.ts';
import { columnTypes } from './column-types.ts';

/**
 * Folders that belong to a creator, a model or a post for good, whatever they are called later; whose works were brought, and
 * with which versions images were made.
 */
export const place: Migration = {
  name: '0012-place',
  async up(trx, engine) {
    const { text, end } = columnTypes(engine);
    await sql
      .raw(
        `create table place (
          host_id ${text} not null references host (id), output ${text} not null, kind ${text} not null, subject ${text} not null,
          folder ${text} not null, folded ${text} not null,
          primary key (host_id, output, kind, subject)
        ) ${end}`,
      )
      .execute(trx);
    await sql.raw(`alter table transfer add column creator ${text}`).execute(trx);
    await sql.raw(`alter table image add column version_ids ${text}`).execute(trx);
    await sql.raw('create index transfer_creator on transfer (host_id, creator)').execute(trx);
  },
};
