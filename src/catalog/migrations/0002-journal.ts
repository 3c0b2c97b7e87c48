import { sql } from 'kysely';

import type { Migration } from '../migrate.ts';
import { columnTypes } from './column-types.ts';

/** The journal of moved files, and leases: who may do what only one may do at a time. */
export const journal: Migration = {
  name: '0002-journal',
  async up(trx, engine) {
    const { int, text, end } = columnTypes(engine);
    const statements = [
      `create table journal_step (
        run_id ${int} not null references run (id), position ${int} not null,
        op ${text} not null, role ${text} not null, file_id ${int} not null,
        source ${text} not null, target ${text} not null,
        source_root_id ${int} not null, target_root_id ${int} not null,
        size ${int} not null, mtime_ns ${text} not null, inode ${text} not null, sha256 ${text},
        left_mtime_ns ${text}, left_inode ${text}, made_file_id ${int},
        state ${text} not null, problem ${text},
        primary key (run_id, position)
      ) ${end}`,
      'create index journal_step_state on journal_step (state, run_id)',
      `create table lease (
        name ${text} primary key, holder ${text} not null, host_id ${text} not null, pid ${int} not null,
        taken_at ${int} not null, expires_at ${int} not null
      ) ${end}`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(trx);
  },
};
