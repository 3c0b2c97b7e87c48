import { sql } from 'kysely';

import type { Migration } from '../migrate.ts';
import { columnTypes } from './column-types.ts';

/** Runs that moved files and have not written the pages yet that show where those lie. */
export const pagesDue: Migration = {
  name: '0013-pages-due',
  async up(trx, engine) {
    const { int, end } = columnTypes(engine);
    await sql
      .raw(`create table pages_due (run_id ${int} not null primary key references run (id)) ${end}`)
      .execute(trx);
  },
};
