import { sql } from 'kysely';

import type { Migration } from '../migrate.ts';
import { columnTypes } from './column-types.ts';

/** Hashes that another program noted and that were imported: with their size and time a file may prove to be theirs. */
export const notedHash: Migration = {
  name: '0010-noted-hash',
  async up(trx, engine) {
    const { int, text, end } = columnTypes(engine);
    await sql
      .raw(
        `create table noted_hash (
          record ${text} primary key, name ${text} not null, sha256 ${text} not null, size ${int}, path ${text},
          noted_at ${int} not null
        ) ${end}`,
      )
      .execute(trx);
    await sql.raw('create index noted_hash_name on noted_hash (name)').execute(trx);
    await sql.raw('create index noted_hash_sha256 on noted_hash (sha256)').execute(trx);
  },
};
