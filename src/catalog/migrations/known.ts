import type { Migration } from '../migrate.ts';
import { first } from './0001-first.ts';
import { journal } from './0002-journal.ts';
import { userField } from './0003-user-field.ts';
import { journalOrder } from './0004-journal-order.ts';
import { trash } from './0006-trash.ts';
import { headerHints } from './0007-header-hints.ts';
import { transfer } from './0008-transfer.ts';
import { notedHash } from './0010-noted-hash.ts';
import { coverage } from './0011-coverage.ts';
import { place } from './0012-place.ts';
import { pagesDue } from './0013-pages-due.ts';

/** Every migration, in order. Names start with a number, so that their order is that of their names. */
export const MIGRATIONS: readonly Migration[] = [
  first,
  journal,
  userField,
  journalOrder,
  trash,
  headerHints,
  transfer,
  notedHash,
  coverage,
  place,
  pagesDue,
];
