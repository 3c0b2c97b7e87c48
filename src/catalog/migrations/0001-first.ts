import { sql } from 'kysely';

import type { Migration } from '../migrate.ts';
import { libraryTables } from './0001-library.ts';
import { searchIndex } from './0001-search.ts';
import { siteTables } from './0001-site.ts';
import { columnTypes } from './column-types.ts';

/** The first schema. */
export const first: Migration = {
  name: '0001-first',
  async up(trx, engine) {
    const types = columnTypes(engine);
    for (const statement of [...libraryTables(types), ...siteTables(types), ...searchIndex(engine)]) {
      await sql.raw(statement).execute(trx);
    }
  },
};
