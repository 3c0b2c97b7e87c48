import { sql } from 'kysely';

import type { Migration } from '../migrate.ts';

/** What a header lets guess, beside the header: cards of files that nobody describes need it, and headers are long. */
export const headerHints: Migration = {
  name: '0007-header-hints',
  async up(trx) {
    await sql.raw('alter table header add column hints text').execute(trx);
  },
};
