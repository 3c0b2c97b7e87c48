import { sql } from 'kysely';

import type { Migration } from '../migrate.ts';
import { columnTypes } from './column-types.ts';

/** Steps of the journal lie in the order of their key, and only open ones are indexed: they are read and written by the thousand. */
export const journalOrder: Migration = {
  name: '0004-journal-order',
  async up(trx, engine) {
    const { int, text, end } = columnTypes(engine);
    const rebuilt = [
      'alter table journal_step rename to journal_step_before',
      `create table journal_step (
        run_id ${int} not null references run (id), position ${int} not null,
        op ${text} not null, role ${text} not null, file_id ${int} not null,
        source ${text} not null, target ${text} not null,
        source_root_id ${int} not null, target_root_id ${int} not null,
        size ${int} not null, mtime_ns ${text} not null, inode ${text} not null, sha256 ${text},
        left_mtime_ns ${text}, left_inode ${text}, made_file_id ${int},
        state ${text} not null, problem ${text},
        primary key (run_id, position)
      ) ${end}, without rowid`,
      `insert into journal_step select run_id, position, op, role, file_id, source, target, source_root_id,
        target_root_id, size, mtime_ns, inode, sha256, left_mtime_ns, left_inode, made_file_id, state, problem
        from journal_step_before`,
      'drop table journal_step_before',
    ];
    const statements = [
      'drop index journal_step_state',
      ...(engine === 'sqlite' ? rebuilt : []),
      `create index journal_step_open on journal_step (run_id) where state in ('planned', 'undoing')`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(trx);
  },
};
