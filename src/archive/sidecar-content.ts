import type { Kysely } from 'kysely';
import { parseJson } from '../base/json.ts';
import { readTags } from '../catalog/model.ts';
import { SHOWN_KINDS } from '../catalog/output.ts';
import { latestPayloads } from '../catalog/payload.ts';
import type { Tables } from '../catalog/schema.ts';
import { groupBy, readByKeys } from '../catalog/upsert.ts';
import { fieldsOf } from '../catalog/user-field.ts';
import type { SidecarContent } from '../formats/sidecars/write-content.ts';
import { infoSidecar } from './info-sidecar.ts';
import { aboutText } from './sidecar-about.ts';
import { ownFrom } from './sidecar-fields.ts';
import { versionInModel } from './version-in-model.ts';

/**
 * What notes in the formats of other programs hold, by file id; files that the site does not know are left out.
 * `apiOrigin`: download links are rebuilt on it. For some hundred files at a time: an answer has some 50 kB.
 */
export async function sidecarContents(
  db: Kysely<Tables>,
  fileIds: readonly number[],
  apiOrigin: string,
): Promise<Map<number, SidecarContent>> {
  const rows = await readFiles(db, fileIds);
  const hashes = groupBy(
    await readByKeys(
      rows.map((row) => row.blob_id ?? 0),
      (some) => db.selectFrom('blob_hash').selectAll().where('blob_id', 'in', some).execute(),
    ),
    (row) => row.blob_id,
  );
  const tags = await readTags(
    db,
    rows.map((row) => row.model_id),
  );
  const remotes = await readRemotes(
    db,
    rows.map((row) => row.version_id),
  );
  const previews = await readPreviews(db, fileIds);
  const notes = groupBy(await fieldsOf(db, fileIds), (row) => row.file_id);
  const versions = await latestPayloads(
    db,
    'version',
    rows.map((row) => String(row.version_id)),
  );
  const models = await latestPayloads(
    db,
    'model',
    rows.map((row) => String(row.model_id)),
  );
  const contents = new Map<number, SidecarContent>();
  for (const row of rows) {
    const model = models.get(String(row.model_id))?.raw;
    const version =
      versions.get(String(row.version_id))?.raw ??
      (model === undefined ? undefined : versionInModel(model, row.version_id));
    if (version === undefined) continue;
    const others = (hashes.get(row.blob_id ?? 0) ?? []).map((hash) => [hash.type, hash.value] as const);
    contents.set(row.id, {
      ...factsOf(row, tags.get(row.model_id) ?? [], Object.fromEntries([['SHA256', row.sha256], ...others])),
      remote: remoteOf(row, remotes.get(row.version_id) ?? []),
      preview: previews.get(row.id),
      answer: infoSidecar(version, model, apiOrigin),
      own: ownFrom(notes.get(row.id) ?? []),
    });
  }
  return contents;
}

type FileRow = Awaited<ReturnType<typeof readFiles>>[number];
type RemoteRow = Awaited<ReturnType<typeof readRemotes>> extends Map<number, (infer Row)[]> ? Row : never;

function readFiles(db: Kysely<Tables>, fileIds: readonly number[]) {
  return readByKeys(fileIds, (some) =>
    db
      .selectFrom('file')
      .innerJoin('root', 'root.id', 'file.root_id')
      .innerJoin('blob', 'blob.id', 'file.blob_id')
      .innerJoin('choice', 'choice.file_id', 'file.id')
      .innerJoin('version', 'version.id', 'choice.version_id')
      .innerJoin('model', 'model.id', 'version.model_id')
      .leftJoin('creator', 'creator.username_key', 'model.creator_key')
      .leftJoin('subject_state as standing', (join) =>
        join.onRef('standing.subject', '=', 'blob.sha256').on('standing.kind', '=', 'hash'),
      )
      .select([
        'file.id',
        'file.path',
        'file.stem',
        'file.size',
        'file.mtime_ns',
        'file.first_seen_at',
        'file.blob_id',
        'root.path as root_path',
      ])
      .select([
        'blob.sha256',
        'choice.version_id',
        'choice.civitai_file_id',
        'standing.state',
        'creator.username',
      ])
      .select([
        'version.name as version_name',
        'version.base_model',
        'version.trained_words',
        'version.description',
        'version.published_at',
      ])
      .select([
        'model.id as model_id',
        'model.name as model_name',
        'model.type',
        'model.nsfw',
        'model.description as about',
      ])
      .where('file.id', 'in', some)
      .execute(),
  );
}

function factsOf(
  row: FileRow,
  tags: readonly string[],
  hashes: Readonly<Record<string, string>>,
): Pick<SidecarContent, 'file' | 'model' | 'version' | 'about'> {
  return {
    file: {
      stem: row.stem,
      path: `${row.root_path.replace(/[/\\]$/, '')}/${row.path}`,
      size: row.size,
      modifiedNs: row.mtime_ns,
      addedAt: row.first_seen_at,
      hashes,
    },
    model: {
      id: row.model_id,
      name: row.model_name,
      type: row.type,
      nsfw: row.nsfw === 1,
      creator: row.username ?? undefined,
      tags,
      description: row.about ?? undefined,
      isRemoved: row.state === 'removed',
    },
    version: {
      id: row.version_id,
      name: row.version_name,
      baseModel: row.base_model ?? undefined,
      trainedWords: wordsIn(row.trained_words),
      description: row.description ?? undefined,
      publishedAt: row.published_at ?? undefined,
    },
    about: aboutText(row.description, row.about),
  };
}

function wordsIn(json: string): string[] {
  const value: unknown = parseJson(json);
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}

async function readRemotes(db: Kysely<Tables>, versionIds: readonly number[]) {
  const rows = await readByKeys(versionIds, (some) =>
    db
      .selectFrom('version_file')
      .select(['id', 'version_id', 'name', 'precision', 'extent', 'format', 'is_primary'])
      .where('version_id', 'in', some)
      .orderBy('id')
      .execute(),
  );
  return groupBy(rows, (row) => row.version_id);
}

/** The listed file with these bytes; where the answer did not tell which, the primary one. */
function remoteOf(row: FileRow, remotes: readonly RemoteRow[]): SidecarContent['remote'] {
  const found =
    remotes.find((one) => one.id === row.civitai_file_id) ?? remotes.find((one) => one.is_primary === 1);
  if (found === undefined) return undefined;
  return {
    id: found.id,
    name: found.name,
    precision: found.precision ?? undefined,
    extent: found.extent ?? undefined,
    format: found.format ?? undefined,
  };
}

/** The first preview of each file that we hold; its name is the shortest. */
async function readPreviews(
  db: Kysely<Tables>,
  fileIds: readonly number[],
): Promise<Map<number, { path: string; nsfwLevel: number }>> {
  const rows = await readByKeys(fileIds, (some) =>
    db
      .selectFrom('output')
      .leftJoin('image', 'image.id', 'output.image_id')
      .select(['output.file_id', 'output.path', 'image.nsfw_level'])
      .where('output.file_id', 'in', some)
      .where('output.kind', 'in', SHOWN_KINDS)
      .where('output.done_sha256', 'is not', null)
      .execute(),
  );
  const previews = new Map<number, { path: string; nsfwLevel: number }>();
  for (const { file_id: id, path, nsfw_level: nsfwLevel } of rows.toSorted(
    (a, b) => a.path.length - b.path.length || (a.path < b.path ? -1 : 1),
  )) {
    if (id !== null && !previews.has(id)) previews.set(id, { path, nsfwLevel: nsfwLevel ?? 0 });
  }
  return previews;
}
