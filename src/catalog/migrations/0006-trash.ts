import { sql } from 'kysely';

import type { Migration } from '../migrate.ts';
import { columnTypes } from './column-types.ts';

/** What lies in the trash: what each step of a `clean` needs to be taken back. */
export const trash: Migration = {
  name: '0006-trash',
  async up(trx, engine) {
    const { int, text, end } = columnTypes(engine);
    await sql
      .raw(
        `create table trash (
          run_id ${int} not null, position ${int} not null, reason ${text} not null, folder ${text} not null,
          output ${text}, kept ${text},
          primary key (run_id, position),
          foreign key (run_id, position) references journal_step (run_id, position)
        ) ${end}`,
      )
      .execute(trx);
  },
};
