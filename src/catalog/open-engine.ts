import type { Kysely } from 'kysely';

import type { Tables } from './schema.ts';

export type EngineName = 'sqlite' | 'postgres';

/** What both engines give the catalog. */
export interface Engine {
  readonly name: EngineName;
  /** For reading only; sees what is committed. */
  readonly db: Kysely<Tables>;
  /** Runs `work` in one transaction, alone among all processes that write this catalog. Not reentrant. */
  transaction<T>(work: (trx: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** True when there is nothing in the database yet, ours or another's. */
  isEmpty(): Promise<boolean>;
  /** Keeps a copy of the database beside it; called inside a transaction, before anything was changed in it. */
  keepCopy(name: string): void;
  close(): Promise<void>;
}
