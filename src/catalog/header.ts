import type { Kysely, Selectable } from 'kysely';

import { cleanText } from './clean-text.ts';
import { wholeOrNull } from './facts-clean.ts';
import { hintsText } from './header-hints.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { HeaderTable, Tables } from './schema.ts';
import { readByKeys, upsert } from './upsert.ts';

/** What a model file says of itself, as the catalog holds it. */
export type HeaderRow = Selectable<HeaderTable>;

/** What a model file says of itself; the fields are those of `HeaderTable`. */
export interface HeaderInput {
  readonly blobId: number;
  readonly format: string;
  readonly warning?: string | undefined;
  /** JSON text, bounded in size by whoever read it. */
  readonly metadata?: string | undefined;
  readonly tensors?: number | undefined;
  readonly parameters?: number | undefined;
}

/** Keeps headers; the last reading of a blob holds. */
export async function saveHeaders(target: Writable, headers: readonly HeaderInput[]): Promise<void> {
  const rows = new Map(headers.map((header) => [header.blobId, rowOf(header)]));
  await writing(target, (trx) => upsert(trx, 'header', [...rows.values()], { key: ['blob_id'] }));
}

/** The headers of blobs, where we have them. */
export async function headersOf(
  db: Kysely<Tables>,
  blobIds: Iterable<number>,
): Promise<Map<number, HeaderRow>> {
  const rows = await readByKeys(blobIds, (some) =>
    db.selectFrom('header').selectAll().where('blob_id', 'in', some).execute(),
  );
  return new Map(rows.map((row) => [row.blob_id, row]));
}

function rowOf(header: HeaderInput): HeaderRow {
  return cleanText({
    blob_id: header.blobId,
    format: header.format,
    warning: header.warning ?? null,
    metadata: header.metadata ?? null,
    // A hostile header may claim more than a whole number can hold.
    tensors: wholeOrNull(header.tensors),
    parameters: wholeOrNull(header.parameters),
    hints: hintsText(header.metadata),
  });
}
