import { dirname } from 'node:path';
import type { Sha256 } from '../../base/ids.ts';
import type { NotedHashRow } from '../../catalog/noted-hash.ts';
import { isInside } from '../targets.ts';
import { baseName } from './record.ts';
import type { FoundRecord, RecordOf } from './record.ts';

/**
 * The hashes of model files that were noted, with what may prove that a file is the one they are of: its size, which the
 * site says, and where it lay, which the list of processed files says. A name that was processed at several places proves
 * nothing: only the last of them left its hash.
 */
export function noteHashes(records: readonly FoundRecord[]): Map<RecordOf<'hash'>, NotedHashRow> {
  const sizes = sizesOf(records);
  const lists = records.filter((one) => one.kind === 'processed');
  const noted = new Map<RecordOf<'hash'>, NotedHashRow>();
  for (const record of records) {
    if (record.kind !== 'hash' || record.name === undefined) continue;
    const { name, sha256, path, at } = record;
    const places = placesOf(lists, path, name);
    noted.set(record, {
      record: path,
      name,
      sha256,
      size: places.length > 1 ? null : (sizes.get(record.key)?.get(sha256) ?? null),
      path: places[0] ?? null,
      noted_at: at,
    });
  }
  return noted;
}

function placesOf(lists: readonly RecordOf<'processed'>[], record: string, name: string): string[] {
  const near = lists.filter((list) => isInside(dirname(list.path), record));
  return [...new Set(near.flatMap((list) => list.files.filter((path) => baseName(path) === name)))];
}

function sizesOf(records: readonly FoundRecord[]): Map<string, ReadonlyMap<Sha256, number>> {
  return new Map(
    records.flatMap((one) => {
      if (one.kind !== 'version') return [];
      const files = one.item.value.files ?? [];
      return [[one.key, new Map(files.map((file) => [file.hashes['SHA256'] as Sha256, file.size]))] as const];
    }),
  );
}
