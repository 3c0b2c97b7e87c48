import { sql } from 'kysely';

import type { Migration } from '../migrate.ts';
import { columnTypes } from './column-types.ts';

/** How much of a creator's works was seen: the walks through the site's lists, and what those showed. */
export const coverage: Migration = {
  name: '0011-coverage',
  async up(trx, engine) {
    const { key, int, text, end } = columnTypes(engine);
    await sql
      .raw(
        `create table coverage (
          id ${key}, creator_key ${text} not null, kind ${text} not null check (kind in ('models', 'images')),
          question ${text} not null, announced ${int}, hidden ${int}, seen ${int} not null,
          held ${int}, filtered ${int}, refused ${int}, failed ${int}, reasons ${text},
          mark_at ${int}, whole_at ${int}, walked_at ${int} not null,
          unique (creator_key, kind, question)
        ) ${end}`,
      )
      .execute(trx);
    await sql
      .raw(
        `create table coverage_member (
          coverage_id ${int} not null references coverage (id), subject ${int} not null,
          primary key (coverage_id, subject)
        ) ${end}`,
      )
      .execute(trx);
  },
};
