import type { Catalog } from '../../catalog/open.ts';
import { groupBy, readByKeys } from '../../catalog/upsert.ts';
import type { IdentifiedRoots } from '../scanning/identify-roots.ts';
import type { Failure } from '../verb.ts';

export interface Compared {
  /** Files that the user pinned to a version of other bytes. */
  readonly warnings: readonly string[];
  readonly failures: readonly Failure[];
}

/**
 * Compares the bytes of every identified file with the SHA-256s that the site lists for the files of its version. A version
 * that lists none says nothing. A file that is none of those listed is told: it counts as that version only because the
 * site answers so for its hash, or because the user said so.
 */
export async function compareHashes(catalog: Pick<Catalog, 'db'>, found: IdentifiedRoots): Promise<Compared> {
  const paths = new Map(
    found.roots.flatMap((root) =>
      (found.stocks.get(root)?.files ?? []).map(
        (file) => [Number(file.fileId), `${root.target.root}/${file.walked.path}`] as const,
      ),
    ),
  );
  const rows = await readByKeys(paths.keys(), (some) =>
    catalog.db
      .selectFrom('choice')
      .innerJoin('file', 'file.id', 'choice.file_id')
      .innerJoin('blob', 'blob.id', 'file.blob_id')
      .innerJoin('version_file', 'version_file.version_id', 'choice.version_id')
      .innerJoin('version_file_hash', 'version_file_hash.file_id', 'version_file.id')
      .select([
        'choice.file_id',
        'choice.version_id',
        'choice.pinned',
        'blob.sha256',
        'version_file_hash.value',
      ])
      .where('version_file_hash.type', '=', 'SHA256')
      .where('choice.file_id', 'in', some)
      .execute(),
  );
  const warnings: string[] = [];
  const failures: Failure[] = [];
  for (const [fileId, listed] of groupBy(rows, (row) => row.file_id)) {
    const [row] = listed;
    if (row === undefined || listed.some(({ value, sha256 }) => value.toLowerCase() === sha256)) continue;
    const what = paths.get(fileId) ?? '';
    if (row.pinned === 1)
      warnings.push(`${what} is pinned to version ${row.version_id}, whose files have other hashes.`);
    else
      failures.push({
        what,
        code: 'hash-mismatch',
        why: `It has the SHA-256 ${row.sha256}, which Civitai does not list among the files of version ${row.version_id}.`,
        next: 'Download it again if it does not work; civitarium pin says which version it is.',
      });
  }
  return { warnings, failures };
}
