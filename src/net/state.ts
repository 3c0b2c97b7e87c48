import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CLOSED, type BreakerState } from './breaker-rule.ts';
import type { Limit } from './limits.ts';
import { book, FRESH_PACE, type PaceState } from './pace.ts';

/** A host's wish for silence; epoch ms. */
export interface Hold {
  readonly until: number;
  readonly reason: string;
  /** Whether the host named the time, or we keep away after its refusal. */
  readonly kind: 'retry_after' | 'back_off';
}

/** An answer kept between runs. */
export interface Kept {
  /** Epoch ms. */
  readonly storedAt: number;
  /** When the bytes left the site, epoch ms. */
  readonly seenAt: number;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly text: string;
}

/** One limit to be booked under its key, for example `civitai.com api`. */
export interface Booking {
  readonly key: string;
  readonly limit: Pick<Limit, 'perMinute' | 'minSpacingMs'>;
}

/**
 * What all processes of the user know together. A port: SQLite in the state folder here, PostgreSQL where workers are
 * spread over machines. Every method is one transaction.
 */
export interface NetState {
  /** Books one request with every limit; when it may start, epoch ms. */
  reserve(bookings: readonly Booking[], now: number): Promise<number>;
  /** Lengthens the host's hold to `until`; never shortens it. */
  hold(host: string, hold: Hold): Promise<void>;
  holdOf(host: string): Promise<Hold | undefined>;
  breakerOf(key: string): Promise<BreakerState>;
  /** Replaces the state by what `change` makes of it, with no one between; the new state. */
  changeBreaker(key: string, change: (state: BreakerState) => BreakerState): Promise<BreakerState>;
  recall(key: string): Promise<Kept | undefined>;
  keep(key: string, kept: Kept, hardUntil: number): Promise<void>;
  /** Forgets what is past its hard age. */
  sweep(now: number): Promise<void>;
  close(): Promise<void>;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS pace (key TEXT PRIMARY KEY, full_at REAL NOT NULL, last_at REAL NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS hold (host TEXT PRIMARY KEY, until REAL NOT NULL, reason TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS breaker
    (key TEXT PRIMARY KEY, failures INTEGER NOT NULL, open_until REAL NOT NULL, reset_ms REAL NOT NULL,
     probe_at REAL NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS http_cache
    (key TEXT PRIMARY KEY, stored_at REAL NOT NULL, seen_at REAL NOT NULL, hard_until REAL NOT NULL,
     status INTEGER NOT NULL, content_type TEXT, body TEXT NOT NULL) STRICT;
`;

/** What came later, in an order that never changes; `user_version` counts what a file has. */
const ADDED = [
  `ALTER TABLE pace ADD COLUMN quiet_until REAL NOT NULL DEFAULT 0;
   ALTER TABLE pace ADD COLUMN held_rate REAL;
   ALTER TABLE pace ADD COLUMN held_until REAL NOT NULL DEFAULT 0;
   ALTER TABLE hold ADD COLUMN kind TEXT NOT NULL DEFAULT 'retry_after';`,
];

/**
 * Opens the shared state, making file and folder when missing; `:memory:` is for one process alone. Throws node:sqlite's
 * errors when the file can't be used.
 */
export function openState(file: string): NetState {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(file);
  db.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  db.exec(SCHEMA);
  inTransaction(db, () => bringUp(db));
  return {
    ...paceMethods(db),
    ...holdMethods(db),
    ...breakerMethods(db),
    ...cacheMethods(db),
    close: async () => db.close(),
  };
}

/** Within a transaction: two processes may open an old file at once. */
function bringUp(db: DatabaseSync): void {
  const has = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  for (const change of ADDED.slice(has)) db.exec(change);
  if (has < ADDED.length) db.exec(`PRAGMA user_version = ${ADDED.length}`);
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

type PaceRow = Omit<PaceState, 'heldRate'> & { readonly heldRate: number | null };

function paceMethods(db: DatabaseSync): Pick<NetState, 'reserve'> {
  const read = db.prepare(
    `SELECT full_at AS fullAt, last_at AS lastAt, quiet_until AS quietUntil, held_rate AS heldRate,
       held_until AS heldUntil FROM pace WHERE key = ?`,
  );
  const write = db.prepare(
    `INSERT OR REPLACE INTO pace (key, full_at, last_at, quiet_until, held_rate, held_until)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const reserveOne = (booking: Booking, now: number): number => {
    const row = read.get(booking.key) as unknown as PaceRow | undefined;
    const known = row === undefined ? FRESH_PACE : { ...row, heldRate: row.heldRate ?? undefined };
    const { startAt, state } = book(known, booking.limit, now);
    const { fullAt, lastAt, quietUntil, heldRate, heldUntil } = state;
    write.run(booking.key, fullAt, lastAt, quietUntil, heldRate ?? null, heldUntil);
    return startAt;
  };
  return {
    // Each later booking starts from the earlier one's time, so that both limits hold.
    reserve: async (bookings, now) =>
      inTransaction(db, () => {
        let startAt = now;
        for (const booking of bookings) startAt = reserveOne(booking, startAt);
        return startAt;
      }),
  };
}

function holdMethods(db: DatabaseSync): Pick<NetState, 'hold' | 'holdOf'> {
  const read = db.prepare('SELECT until, reason, kind FROM hold WHERE host = ?');
  const write = db.prepare(
    `INSERT INTO hold (host, until, reason, kind) VALUES (?, ?, ?, ?) ON CONFLICT (host) DO UPDATE
     SET until = excluded.until, reason = excluded.reason, kind = excluded.kind WHERE excluded.until > hold.until`,
  );
  return {
    hold: async (host, hold) => void write.run(host, hold.until, hold.reason, hold.kind),
    holdOf: async (host) => read.get(host) as unknown as Hold | undefined,
  };
}

function breakerMethods(db: DatabaseSync): Pick<NetState, 'breakerOf' | 'changeBreaker'> {
  const read = db.prepare(
    `SELECT failures, open_until AS openUntil, reset_ms AS resetMs, probe_at AS probeAt FROM breaker WHERE key = ?`,
  );
  const write = db.prepare(
    'INSERT OR REPLACE INTO breaker (key, failures, open_until, reset_ms, probe_at) VALUES (?, ?, ?, ?, ?)',
  );
  const stateOf = (key: string): BreakerState =>
    (read.get(key) as unknown as BreakerState | undefined) ?? CLOSED;
  return {
    breakerOf: async (key) => stateOf(key),
    changeBreaker: async (key, change) =>
      inTransaction(db, () => {
        const next = change(stateOf(key));
        write.run(key, next.failures, next.openUntil, next.resetMs, next.probeAt);
        return next;
      }),
  };
}

function cacheMethods(db: DatabaseSync): Pick<NetState, 'recall' | 'keep' | 'sweep'> {
  const read = db.prepare(
    `SELECT stored_at AS storedAt, seen_at AS seenAt, status, content_type AS contentType, body AS text
     FROM http_cache WHERE key = ?`,
  );
  const write = db.prepare(
    `INSERT OR REPLACE INTO http_cache (key, stored_at, seen_at, hard_until, status, content_type, body)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const sweep = db.prepare('DELETE FROM http_cache WHERE hard_until < ?');
  return {
    recall: async (key) => {
      const row = read.get(key) as unknown as
        (Omit<Kept, 'contentType'> & { contentType: string | null }) | undefined;
      return row === undefined ? undefined : { ...row, contentType: row.contentType ?? undefined };
    },
    keep: async (key, kept, hardUntil) => {
      const { storedAt, seenAt, status, contentType, text } = kept;
      write.run(key, storedAt, seenAt, hardUntil, status, contentType ?? null, text);
    },
    sweep: async (now) => void sweep.run(now),
  };
}
