import { sql } from 'kysely';

import type { Migration } from '../migrate.ts';
import { columnTypes } from './column-types.ts';

/** What notes beside model files say, and which notes were read. */
export const userField: Migration = {
  name: '0003-user-field',
  async up(trx, engine) {
    const { int, text, end } = columnTypes(engine);
    const statements = [
      `create table user_field (
        file_id ${int} not null references file (id) on delete cascade, field ${text} not null,
        value ${text} not null, origin ${text} not null, at ${int} not null,
        primary key (file_id, field)
      ) ${end}`,
      `create table sidecar (
        file_id ${int} not null references file (id) on delete cascade, name ${text} not null,
        size ${int} not null, mtime_ns ${text} not null,
        primary key (file_id, name)
      ) ${end}`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(trx);
  },
};
