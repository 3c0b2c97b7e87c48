import type { Kysely, Selectable } from 'kysely';

import { listOf } from './facts-clean.ts';
import { readTags } from './model.ts';
import type { ModelTable, SubjectState, Tables, VersionTable } from './schema.ts';
import { groupBy, readByKeys } from './upsert.ts';
import { changeView } from './view-changes.ts';
import { readVersionImages } from './view-images.ts';
import { readModelVersions, readVersionFiles } from './view-versions.ts';
import type { CandidateView, KnownView } from './views.ts';

/** A library file with the version it counts as. */
export interface ChosenFile {
  readonly fileId: number;
  readonly blobId: number | null;
  readonly versionId: number;
  readonly reason: string;
  readonly pinned: boolean;
}

type Flag = number | null | undefined;

/** Reads the model side of files, all at once; keyed by file. A version of which nothing is known has none. */
export async function readKnown(
  db: Kysely<Tables>,
  files: readonly ChosenFile[],
): Promise<Map<number, KnownView>> {
  const parts = await readParts(db, files);
  const views = new Map<number, KnownView>();
  for (const file of files) {
    const version = parts.versions.get(file.versionId);
    if (version === undefined) continue;
    const model = parts.models.get(version.model_id);
    views.set(file.fileId, {
      ...modelSide(version.model_id, model, version),
      ...versionSide(version),
      creator: parts.creators.get(model?.creator_key ?? ''),
      tags: parts.tags.get(version.model_id) ?? [],
      files: parts.files.get(version.id) ?? [],
      versions: parts.siblings.of(version.model_id, version),
      images: parts.images.of(version.id, file.fileId),
      candidates: (parts.candidates.get(file.blobId ?? 0) ?? []).map((one) => ({
        ...one,
        chosen: one.versionId === version.id,
      })),
      changes: [
        ...(parts.changes.get(`model ${version.model_id}`) ?? []),
        ...(parts.changes.get(`version ${version.id}`) ?? []),
      ]
        .toSorted((a, b) => b.at - a.at)
        .map(changeView),
      choiceReason: file.reason,
      pinned: file.pinned,
      modelState: parts.states.get(`model ${version.model_id}`) ?? 'unchecked',
      versionState: parts.states.get(`version ${version.id}`) ?? 'unchecked',
    });
  }
  return views;
}

function modelSide(
  modelId: number,
  model: Selectable<ModelTable> | undefined,
  version: Selectable<VersionTable>,
) {
  return {
    modelId,
    modelName: model?.name ?? version.name,
    type: model?.type ?? '',
    mode: model?.mode ?? undefined,
    nsfw: model?.nsfw === 1,
    nsfwLevel: version.nsfw_level || (model?.nsfw_level ?? 0),
    modelDescription: model?.description ?? undefined,
    commercialUse: model?.commercial_use == null ? undefined : listOf(model.commercial_use),
    allowNoCredit: flag(model?.allow_no_credit),
    allowDerivatives: flag(model?.allow_derivatives),
    allowDifferentLicense: flag(model?.allow_different_license),
    ...modelCounters(model),
    rating: model?.rating ?? undefined,
    ratingCount: model?.rating_count ?? undefined,
    favorites: model?.favorite_count ?? undefined,
  };
}

/**
 * A column can't tell "hidden" from "never told". The site tells all counters of a model together, so one that is
 * missing among others is hidden; tips and thumbs came later than downloads and comments, so they need company of their time.
 */
function modelCounters(model: Selectable<ModelTable> | undefined) {
  const { download_count, thumbs_up, thumbs_down, comment_count, tipped } = model ?? {};
  const told = [download_count, thumbs_up, thumbs_down, comment_count].some((value) => value != null);
  const toldLately = [thumbs_up, thumbs_down, tipped].some((value) => value != null);
  return {
    downloads: counter(download_count, told),
    comments: counter(comment_count, told),
    thumbsUp: counter(thumbs_up, toldLately),
    thumbsDown: counter(thumbs_down, toldLately),
    tipped: counter(tipped, toldLately),
  };
}

function counter(value: number | null | undefined, isTold: boolean): number | null | undefined {
  return value ?? (isTold ? null : undefined);
}

function versionSide(version: Selectable<VersionTable>) {
  const { download_count, thumbs_up } = version;
  return {
    versionId: version.id,
    versionName: version.name,
    versionDescription: version.description ?? undefined,
    baseModel: version.base_model ?? undefined,
    trainedWords: listOf(version.trained_words),
    publishedAt: version.published_at ?? undefined,
    createdAt: version.created_at ?? undefined,
    updatedAt: version.updated_at ?? undefined,
    air: version.air ?? undefined,
    usageControl: version.usage_control ?? undefined,
    versionDownloads: counter(download_count, thumbs_up !== null),
  };
}

function flag(value: Flag): boolean | undefined {
  return value == null ? undefined : value === 1;
}

async function readParts(db: Kysely<Tables>, files: readonly ChosenFile[]) {
  const versionRows = await readByKeys(files.map((file) => file.versionId), (some) =>
    db.selectFrom('version').selectAll().where('id', 'in', some).execute(),
  ); // prettier-ignore
  const versionIds = versionRows.map((row) => row.id);
  const modelIds = versionRows.map((row) => row.model_id);
  const models = await readByKeys(modelIds, (some) =>
    db.selectFrom('model').selectAll().where('id', 'in', some).execute(),
  );
  return {
    versions: new Map(versionRows.map((row) => [row.id, row])),
    models: new Map(models.map((row) => [row.id, row])),
    creators: await readCreators(db, models.flatMap((row) => row.creator_key ?? [])), // prettier-ignore
    tags: await readTags(db, modelIds),
    files: await readVersionFiles(db, versionIds),
    siblings: await readModelVersions(db, modelIds),
    images: await readVersionImages(db, versionIds),
    candidates: await readCandidates(db, files.flatMap((file) => file.blobId ?? [])), // prettier-ignore
    changes: await readChanges(db, { model: modelIds, version: versionIds }),
    states: await readStates(db, { model: modelIds, version: versionIds }),
  };
}

async function readCreators(db: Kysely<Tables>, keys: readonly string[]): Promise<Map<string, string>> {
  const rows = await readByKeys(keys, (some) =>
    db.selectFrom('creator').selectAll().where('username_key', 'in', some).execute(),
  );
  return new Map(rows.map((row) => [row.username_key, row.username]));
}

async function readCandidates(
  db: Kysely<Tables>,
  blobIds: readonly number[],
): Promise<Map<number, Omit<CandidateView, 'chosen'>[]>> {
  const rows = await readByKeys(blobIds, (some) =>
    db
      .selectFrom('candidate')
      .leftJoin('version', 'version.id', 'candidate.version_id')
      .leftJoin('model', 'model.id', 'candidate.model_id')
      .select([
        'candidate.blob_id',
        'candidate.version_id',
        'candidate.model_id',
        'version.name',
        'model.name as model_name',
      ])
      .distinct()
      .where('candidate.blob_id', 'in', some)
      .orderBy('candidate.version_id')
      .execute(),
  );
  const groups = groupBy(rows, (row) => row.blob_id);
  return new Map([...groups].map(([blobId, group]) => [blobId, group.map(candidateView)]));
}

function candidateView(row: {
  version_id: number;
  model_id: number;
  name: string | null;
  model_name: string | null;
}): Omit<CandidateView, 'chosen'> {
  const [modelName, versionName] = [
    row.model_name ?? `model ${row.model_id}`,
    row.name ?? `version ${row.version_id}`,
  ];
  return { versionId: row.version_id, modelId: row.model_id, modelName, versionName };
}

interface Subjects {
  readonly model: readonly number[];
  readonly version: readonly number[];
}

async function readChanges(db: Kysely<Tables>, subjects: Subjects) {
  const read = (kind: keyof Subjects) =>
    readByKeys(subjects[kind].map(String), (some) =>
      db
        .selectFrom('change')
        .selectAll()
        .where('kind', '=', kind)
        .where('subject', 'in', some)
        .orderBy('id')
        .execute(),
    );
  return groupBy(
    [...(await read('model')), ...(await read('version'))],
    (row) => `${row.kind} ${row.subject}`,
  );
}

async function readStates(db: Kysely<Tables>, subjects: Subjects): Promise<Map<string, SubjectState>> {
  const read = (kind: keyof Subjects) =>
    readByKeys(subjects[kind].map(String), (some) =>
      db
        .selectFrom('subject_state')
        .select(['kind', 'subject', 'state'])
        .where('kind', '=', kind)
        .where('subject', 'in', some)
        .execute(),
    );
  return new Map(
    [...(await read('model')), ...(await read('version'))].map((row) => [
      `${row.kind} ${row.subject}`,
      row.state,
    ]),
  );
}
