import { sql } from 'kysely';

import type { Migration } from '../migrate.ts';
import { columnTypes } from './column-types.ts';

/** The queue of `get`: what was asked for, from where, to where, and what became of it. */
export const transfer: Migration = {
  name: '0008-transfer',
  async up(trx, engine) {
    const { key, int, text, end } = columnTypes(engine);
    await sql
      .raw(
        `create table transfer (
          id ${key}, host_id ${text} not null references host (id), kind ${text} not null, subject ${text} not null,
          output ${text} not null, path ${text} not null, source ${text} not null,
          model_id ${int}, version_id ${int}, size ${int}, sha256 ${text},
          state ${text} not null check (state in ('queued', 'done', 'failed', 'refused')),
          how ${text}, reason ${text}, why ${text}, next ${text}, retry_at ${int}, tries ${int} not null,
          validator ${text}, total ${int}, kept_bytes ${int}, kept_sha256 ${text},
          placed_sha256 ${text}, placed_size ${int}, placed_mtime_ns ${text}, verified ${int} not null,
          created_at ${int} not null, updated_at ${int} not null,
          unique (host_id, kind, subject, output)
        ) ${end}`,
      )
      .execute(trx);
    await sql.raw('create index transfer_path on transfer (host_id, path)').execute(trx);
    await sql.raw('create index transfer_state on transfer (host_id, state)').execute(trx);
    await sql.raw('create index transfer_placed on transfer (placed_sha256)').execute(trx);
  },
};
