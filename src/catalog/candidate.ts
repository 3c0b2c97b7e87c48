import type { Insertable, Kysely, Selectable } from 'kysely';

import { UserError } from '../base/errors.ts';
import { chunks } from '../base/pool.ts';
import { chooseCandidate } from './candidate-choice.ts';
import type { ChoiceCandidate } from './candidate-choice.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { CandidateTable, ChoiceTable, Tables } from './schema.ts';
import { groupBy, readByKeys, upsert, writeByKeys } from './upsert.ts';

/** Files chosen for at once: bounds memory. */
const FILES_AT_ONCE = 2000;

/** Some bytes that a file of a version has. */
export interface CandidateFacts {
  readonly blobId: number;
  readonly versionId: number;
  readonly modelId: number;
  /** 0 when the answer did not say which file; a candidate that says it takes its place. */
  readonly civitaiFileId: number;
}

/** Keeps which versions some bytes may belong to. Nothing is forgotten: what the site drops stays a candidate. */
export async function saveCandidates(target: Writable, candidates: readonly CandidateFacts[]): Promise<void> {
  const rows = new Map<string, Insertable<CandidateTable>>();
  for (const { blobId, versionId, modelId, civitaiFileId } of candidates) {
    const row = { blob_id: blobId, version_id: versionId, model_id: modelId, civitai_file_id: civitaiFileId };
    rows.set(`${blobId} ${versionId} ${civitaiFileId}`, row);
  }
  await writing(target, async (trx) => {
    const key = ['blob_id', 'version_id', 'civitai_file_id'] as const;
    await upsert(trx, 'candidate', [...rows.values()], { key, unlessSame: ['model_id'] });
    await writeByKeys(candidates.map(({ blobId }) => blobId), (some) => dropVague(trx, some)); // prettier-ignore
  });
}

/** Removes candidates without a file where the same version has one with. */
function dropVague(trx: Kysely<Tables>, blobIds: readonly number[]): Promise<unknown> {
  return trx
    .deleteFrom('candidate')
    .where('blob_id', 'in', blobIds)
    .where('civitai_file_id', '=', 0)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('candidate as named')
          .select('named.blob_id')
          .whereRef('named.blob_id', '=', 'candidate.blob_id')
          .whereRef('named.version_id', '=', 'candidate.version_id')
          .where('named.civitai_file_id', '<>', 0),
      ),
    )
    .execute();
}

/**
 * Decides for files as which version they count; what the user pinned stays. A file whose bytes are no one's loses its
 * choice. Returns the files whose choice is not as it was.
 */
export async function chooseFor(target: Writable, fileIds: Iterable<number>, at: number): Promise<number[]> {
  return writing(target, async (trx) => {
    const changed: number[] = [];
    for (const some of chunks([...new Set(fileIds)], FILES_AT_ONCE))
      changed.push(...(await chooseForSome(trx, some, at)));
    return changed;
  });
}

async function chooseForSome(trx: Kysely<Tables>, fileIds: readonly number[], at: number): Promise<number[]> {
  const files = await readByKeys(fileIds, (some) =>
    trx
      .selectFrom('file')
      .select(['id', 'name', 'stem', 'size', 'blob_id'])
      .where('id', 'in', some)
      .execute(),
  );
  const choices = await readByKeys(fileIds, (some) =>
    trx.selectFrom('choice').selectAll().where('file_id', 'in', some).execute(),
  );
  const before = new Map(choices.map((choice) => [choice.file_id, choice]));
  const candidates = await readCandidates(trx, files.flatMap((file) => file.blob_id ?? [])); // prettier-ignore
  const rows: Selectable<ChoiceTable>[] = [];
  const lost: number[] = [];
  for (const file of files) {
    const known = before.get(file.id);
    if (known?.pinned === 1) continue;
    const chosen = chooseCandidate(file, candidates.get(file.blob_id ?? 0) ?? []);
    if (chosen === undefined && known !== undefined) lost.push(file.id);
    if (chosen === undefined) continue;
    const { versionId, civitaiFileId, reason } = chosen;
    if (known?.version_id === versionId && known.civitai_file_id === civitaiFileId && known.reason === reason)
      continue;
    rows.push({
      file_id: file.id,
      version_id: versionId,
      civitai_file_id: civitaiFileId,
      pinned: 0,
      reason,
      chosen_at: at,
    });
  }
  await upsert(trx, 'choice', rows, { key: ['file_id'] });
  await writeByKeys(lost, (some) => trx.deleteFrom('choice').where('file_id', 'in', some).execute());
  return [...rows.map((row) => row.file_id), ...lost];
}

/** The candidates of blobs, with what is known of each. */
async function readCandidates(
  db: Kysely<Tables>,
  blobIds: readonly number[],
): Promise<Map<number, ChoiceCandidate[]>> {
  const rows = await readByKeys(blobIds, (some) =>
    db
      .selectFrom('candidate')
      .leftJoin('version', 'version.id', 'candidate.version_id')
      .leftJoin('model', 'model.id', 'candidate.model_id')
      .leftJoin('version_file', 'version_file.id', 'candidate.civitai_file_id')
      .select([
        'candidate.blob_id',
        'candidate.version_id',
        'candidate.model_id',
        'candidate.civitai_file_id',
      ])
      .select(['version.name as version_name', 'version.published_at', 'model.name as model_name'])
      .select([
        'version_file.name',
        'version_file.size_bytes',
        'version_file.precision',
        'version_file.format',
        'version_file.type',
      ])
      .select('version_file.is_primary')
      .where('candidate.blob_id', 'in', some)
      .execute(),
  );
  const groups = groupBy(rows, (row) => row.blob_id);
  return new Map([...groups].map(([blobId, group]) => [blobId, group.map(candidateOf)]));
}

interface CandidateRow {
  readonly version_id: number;
  readonly model_id: number;
  readonly civitai_file_id: number;
  readonly version_name: string | null;
  readonly published_at: number | null;
  readonly model_name: string | null;
  readonly name: string | null;
  readonly size_bytes: number | null;
  readonly precision: string | null;
  readonly format: string | null;
  readonly type: string | null;
  readonly is_primary: number | null;
}

function candidateOf(row: CandidateRow): ChoiceCandidate {
  return {
    versionId: row.version_id,
    modelId: row.model_id,
    civitaiFileId: row.civitai_file_id,
    fileName: row.name ?? undefined,
    sizeBytes: row.size_bytes ?? undefined,
    precision: row.precision ?? undefined,
    format: row.format ?? undefined,
    type: row.type ?? undefined,
    modelName: row.model_name ?? undefined,
    versionName: row.version_name ?? undefined,
    publishedAt: row.published_at ?? undefined,
    primary: row.is_primary === 1,
  };
}

/**
 * Settles by the user's word as which version a file counts, until it is pinned elsewhere. Throws UserError
 * `not-a-candidate` when the file's bytes are in no such version.
 */
export async function pinChoice(
  target: Writable,
  fileId: number,
  versionId: number,
  at: number,
): Promise<void> {
  await writing(target, async (trx) => {
    const candidate = await trx
      .selectFrom('candidate')
      .innerJoin('file', 'file.blob_id', 'candidate.blob_id')
      .select(['candidate.civitai_file_id'])
      .where('file.id', '=', fileId)
      .where('candidate.version_id', '=', versionId)
      .orderBy('candidate.civitai_file_id')
      .executeTakeFirst();
    if (candidate === undefined) throw notACandidate(versionId);
    const row = { file_id: fileId, version_id: versionId, civitai_file_id: candidate.civitai_file_id };
    await upsert(trx, 'choice', [{ ...row, pinned: 1, reason: 'pinned by you', chosen_at: at }], {
      key: ['file_id'],
    });
  });
}

function notACandidate(versionId: number): UserError {
  return new UserError(`The file's bytes are in no file of version ${versionId}.`, {
    code: 'not-a-candidate',
    next: 'Choose one of the versions that the page of the file lists.',
  });
}
