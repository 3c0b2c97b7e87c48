import type { Kysely, Selectable } from 'kysely';

import { changeOf } from './change.ts';
import type { Change } from './change.ts';
import { dateOrNull, textOrNull, wholeOrNull } from './facts-clean.ts';
import type { VersionFacts, VersionFileFacts } from './facts.ts';
import type { Tables, VersionFileTable } from './schema.ts';
import { groupBy, readByKeys, upsert } from './upsert.ts';

type FileRow = Selectable<VersionFileTable>;

interface KnownFiles {
  readonly byId: ReadonlyMap<number, FileRow>;
  readonly byVersion: ReadonlyMap<number, readonly FileRow[]>;
  /** File id to the SHA-256 it had. */
  readonly sha256: ReadonlyMap<number, string>;
}

/**
 * Keeps the files of versions with their hashes and returns what changed: `file:ID` for files that came (before null),
 * went (after null) or were renamed, `file:ID:sha256` for other bytes under the same id. No row is ever removed.
 */
export async function saveVersionFiles(
  trx: Kysely<Tables>,
  versions: readonly VersionFacts[],
  at: number,
): Promise<Change[]> {
  const known = await readKnown(trx, versions);
  const rows = new Map<number, FileRow>();
  const hashes = new Map<string, { file_id: number; type: string; value: string }>();
  const changes: Change[] = [];
  for (const version of versions) {
    for (const file of version.files ?? []) {
      const before = rows.get(file.id) ?? known.byId.get(file.id);
      if (isLinked(file, version, before)) continue;
      const row = fileAfter(before, version.id, file);
      changes.push(...fileChanges(version.id, before, row, file, known, at));
      rows.set(file.id, row);
      for (const [type, value] of Object.entries(file.hashes)) {
        hashes.set(`${file.id} ${type}`, {
          file_id: file.id,
          type: textOrNull(type) ?? '',
          value: textOrNull(value.toLowerCase()) ?? '',
        });
      }
    }
  }
  changes.push(...(await removals(trx, versions, known, at)));
  await upsert(trx, 'version_file', [...rows.values()], { key: ['id'] });
  await upsert(trx, 'version_file_hash', [...hashes.values()], {
    key: ['file_id', 'type'],
    unlessSame: ['value'],
  });
  return changes;
}

/** Lists of models append the file of a linked VAE, which belongs to another version: it stays there. */
function isLinked(file: VersionFileFacts, version: VersionFacts, before: FileRow | undefined): boolean {
  return file.type === 'VAE' && before !== undefined && before.version_id !== version.id;
}

function fileAfter(known: FileRow | undefined, versionId: number, facts: VersionFileFacts): FileRow {
  return {
    id: facts.id,
    version_id: versionId,
    name: textOrNull(facts.name) ?? '',
    type: textOrNull(facts.type) ?? '',
    size_bytes: wholeOrNull(facts.sizeBytes) ?? known?.size_bytes ?? 0,
    format: textOrNull(facts.format) ?? known?.format ?? null,
    precision: textOrNull(facts.precision) ?? known?.precision ?? null,
    extent: textOrNull(facts.extent) ?? known?.extent ?? null,
    quant: textOrNull(facts.quant) ?? known?.quant ?? null,
    is_primary: facts.primary ? 1 : 0,
    pickle_scan: textOrNull(facts.pickleScan) ?? known?.pickle_scan ?? null,
    virus_scan: textOrNull(facts.virusScan) ?? known?.virus_scan ?? null,
    scanned_at: dateOrNull(facts.scannedAt) ?? known?.scanned_at ?? null,
  };
}

function fileChanges(
  versionId: number,
  before: FileRow | undefined,
  after: FileRow,
  facts: VersionFileFacts,
  known: KnownFiles,
  at: number,
): Change[] {
  const subject = { kind: 'version', id: versionId, at } as const;
  if (before === undefined) {
    // The first list of a version's files is first sight, not news.
    return known.byVersion.has(versionId) ? [changeOf(subject, `file:${after.id}`, null, after.name)] : [];
  }
  const changes: Change[] = [];
  if (before.name !== after.name)
    changes.push(changeOf(subject, `file:${after.id}`, before.name, after.name));
  const [was, is] = [known.sha256.get(after.id), facts.hashes['SHA256']?.toLowerCase()];
  if (was !== undefined && is !== undefined && was !== is)
    changes.push(changeOf(subject, `file:${after.id}:sha256`, was, is));
  return changes;
}

/** Files that a complete list no longer has; once each, until they come back. An empty list (archived) says nothing. */
async function removals(
  trx: Kysely<Tables>,
  versions: readonly VersionFacts[],
  known: KnownFiles,
  at: number,
): Promise<Change[]> {
  const gone: { versionId: number; file: FileRow }[] = [];
  for (const { id, files, filesComplete } of versions) {
    if (filesComplete !== true || files === undefined || files.length === 0) continue;
    const listed = new Set(files.map((file) => file.id));
    for (const file of known.byVersion.get(id) ?? []) {
      if (!listed.has(file.id) && file.type !== 'VAE') gone.push({ versionId: id, file });
    }
  }
  const subjects = gone.map(({ versionId }) => String(versionId));
  const told = await readByKeys(subjects, (some) =>
    trx.selectFrom('change').select(['field', 'after']).where('kind', '=', 'version').where('subject', 'in', some)
      .where('field', 'like', 'file:%').orderBy('id').execute(),
  ); // prettier-ignore
  const last = new Map(told.map((change) => [change.field, change.after]));
  return gone
    .filter(({ file }) => last.get(`file:${file.id}`) !== null)
    .map(({ versionId, file }) =>
      changeOf({ kind: 'version', id: versionId, at }, `file:${file.id}`, file.name, null),
    );
}

async function readKnown(trx: Kysely<Tables>, versions: readonly VersionFacts[]): Promise<KnownFiles> {
  const speaking = versions.filter((version) => version.files !== undefined);
  const ofVersions = await readByKeys(speaking.map((version) => version.id), (some) =>
    trx.selectFrom('version_file').selectAll().where('version_id', 'in', some).execute(),
  ); // prettier-ignore
  const ids = speaking.flatMap((version) => (version.files ?? []).map((file) => file.id));
  const byIds = await readByKeys(ids, (some) =>
    trx.selectFrom('version_file').selectAll().where('id', 'in', some).execute(),
  );
  const hashes = await readByKeys(ids, (some) =>
    trx
      .selectFrom('version_file_hash')
      .select(['file_id', 'value'])
      .where('type', '=', 'SHA256')
      .where('file_id', 'in', some)
      .execute(),
  );
  return {
    byId: new Map([...ofVersions, ...byIds].map((row) => [row.id, row])),
    byVersion: groupBy(ofVersions, (row) => row.version_id),
    sha256: new Map(hashes.map((row) => [row.file_id, row.value])),
  };
}
