import type { Kysely } from 'kysely';

import { CatalogError } from '../base/errors.ts';
import type { Tables } from './schema.ts';

export type EngineName = 'sqlite' | 'postgres';

export interface WriteOptions {
  /** It is on the disk when it returns: for what must be known even after a power cut. */
  readonly durable?: boolean;
}

/** What both engines give the catalog. */
export interface Engine {
  readonly name: EngineName;
  /** For reading only; sees what is committed. */
  readonly db: Kysely<Tables>;
  /** Runs `work` in one transaction, alone among all processes that write this catalog. Not reentrant. */
  transaction<T>(work: (trx: Kysely<Tables>) => Promise<T>, options?: WriteOptions): Promise<T>;
  /** True when there is nothing in the database yet, ours or another's. */
  isEmpty(): Promise<boolean>;
  /** Keeps a copy of the database beside it; called inside a transaction, before anything was changed in it. */
  keepCopy(name: string): void;
  close(): Promise<void>;
}

/** The error of a write that waited too long for another process. `place` is fit to be shown. */
export function lockedError(place: string, waitedMs: number, cause: unknown): CatalogError {
  return new CatalogError(
    `Another program has held the catalog ${place} for ${Math.ceil(waitedMs / 1000)} s.`,
    {
      code: 'catalog-locked',
      next: 'Wait for it to end, or close the program that has it open.',
      cause,
    },
  );
}
