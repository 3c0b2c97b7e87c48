import type { Insertable, Kysely, Selectable } from 'kysely';

import { changesBetween, countChanges, saveChanges, splitByDifference } from './change.ts';
import type { Change, ChangeCount } from './change.ts';
import { counterAfter, dateOrNull, listOrNull, textOrNull, wholeOrNull } from './facts-clean.ts';
import type { VersionFacts } from './facts.ts';
import { saveVersionImages } from './image-use.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { Tables, VersionStatTable, VersionTable } from './schema.ts';
import { groupBy, readByKeys, upsert, writeByKeys } from './upsert.ts';
import { saveVersionFiles } from './version-file.ts';

type VersionRow = Selectable<VersionTable>;

const HISTORY = [
  'name', 'base_model', 'base_model_type', 'description', 'trained_words', 'nsfw_level',
  'status', 'availability', 'usage_control', 'published_at', 'early_access_until',
] as const; // prettier-ignore

/**
 * Keeps what answers say of versions, with files, hashes and images; a later answer in the list wins. Silence replaces
 * nothing. What changed goes into the history; counters, when they changed, into `version_stat`.
 */
export async function saveVersions(
  target: Writable,
  versions: readonly VersionFacts[],
  at: number,
): Promise<ChangeCount> {
  return writing(target, async (trx) => {
    const ids = versions.map((version) => version.id);
    const before = await readVersions(trx, ids);
    const after = new Map(before);
    const changes: Change[] = [];
    for (const facts of versions) {
      const known = after.get(facts.id);
      const row = versionAfter(known, facts, at);
      after.set(facts.id, row);
      if (known !== undefined) changes.push(...versionChanges(known, row, at));
    }
    await writeVersions(trx, before, after, at);
    changes.push(...(await saveVersionFiles(trx, versions, at)));
    await saveVersionImages(trx, versions, at);
    await saveChanges(trx, changes);
    return countChanges(new Set(ids), new Set(ids.filter((id) => !before.has(id))), changes);
  });
}

/** A version as it stands among the others of its model. */
export type VersionInModel = Pick<
  VersionRow,
  'id' | 'model_id' | 'name' | 'position' | 'published_at' | 'first_seen_at'
>;

/** All known versions of some models, by model. */
export async function versionsOf(
  db: Kysely<Tables>,
  modelIds: Iterable<number>,
): Promise<Map<number, VersionInModel[]>> {
  const rows = await readByKeys(modelIds, (some) =>
    db
      .selectFrom('version')
      .select(['id', 'model_id', 'name', 'position', 'published_at', 'first_seen_at'])
      .where('model_id', 'in', some)
      .orderBy('id')
      .execute(),
  );
  return groupBy(rows, (row) => row.model_id);
}

function versionAfter(known: VersionRow | undefined, facts: VersionFacts, at: number): VersionRow {
  return {
    id: facts.id,
    model_id: facts.modelId,
    name: textOrNull(facts.name) ?? '',
    position: wholeOrNull(facts.position) ?? known?.position ?? null,
    base_model: textOrNull(facts.baseModel) ?? known?.base_model ?? null,
    base_model_type: textOrNull(facts.baseModelType) ?? known?.base_model_type ?? null,
    description: textOrNull(facts.description) ?? known?.description ?? null,
    trained_words: listOrNull(facts.trainedWords) ?? '[]',
    // 0 is "not rated yet"; a rating once given is not forgotten for it.
    nsfw_level: wholeOrNull(facts.nsfwLevel) || (known?.nsfw_level ?? 0),
    air: textOrNull(facts.air) ?? known?.air ?? null,
    status: textOrNull(facts.status) ?? known?.status ?? null,
    availability: textOrNull(facts.availability) ?? known?.availability ?? null,
    usage_control: textOrNull(facts.usageControl) ?? known?.usage_control ?? null,
    published_at: dateOrNull(facts.publishedAt) ?? known?.published_at ?? null,
    created_at: dateOrNull(facts.createdAt) ?? known?.created_at ?? null,
    updated_at: dateOrNull(facts.updatedAt) ?? known?.updated_at ?? null,
    early_access_until: dateOrNull(facts.earlyAccessUntil) ?? known?.early_access_until ?? null,
    download_count: counterAfter(known?.download_count ?? null, facts.downloads),
    thumbs_up: counterAfter(known?.thumbs_up ?? null, facts.thumbsUp),
    thumbs_down: counterAfter(known?.thumbs_down ?? null, facts.thumbsDown),
    first_seen_at: known?.first_seen_at ?? at,
    seen_at: Math.max(at, known?.seen_at ?? at),
  };
}

function versionChanges(before: VersionRow, after: VersionRow, at: number): Change[] {
  const changes = changesBetween({ kind: 'version', id: after.id, at }, before, after, HISTORY);
  return changes.filter((change) => change.field !== 'nsfw_level' || change.before !== '0');
}

async function readVersions(trx: Kysely<Tables>, ids: readonly number[]): Promise<Map<number, VersionRow>> {
  const rows = await readByKeys(ids, (some) =>
    trx.selectFrom('version').selectAll().where('id', 'in', some).execute(),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

async function writeVersions(
  trx: Kysely<Tables>,
  before: ReadonlyMap<number, VersionRow>,
  after: ReadonlyMap<number, VersionRow>,
  at: number,
): Promise<void> {
  const { touched, written } = splitByDifference(before, after);
  await upsert(trx, 'version', written as Insertable<VersionTable>[], { key: ['id'] });
  await writeByKeys(touched, (some) =>
    trx
      .updateTable('version')
      .set({ seen_at: at })
      .where('id', 'in', some)
      .where('seen_at', '<', at)
      .execute(),
  );
  const stats = written.flatMap((row) => statOf(before.get(row.id), row, at) ?? []);
  await upsert(trx, 'version_stat', stats, { key: ['version_id', 'at'] });
}

/** A row of counters, when they are known and not as they were. */
function statOf(before: VersionRow | undefined, after: VersionRow, at: number): VersionStatTable | undefined {
  const { id, download_count, thumbs_up, thumbs_down } = after;
  const was = [before?.download_count ?? null, before?.thumbs_up ?? null, before?.thumbs_down ?? null];
  if (was[0] === download_count && was[1] === thumbs_up && was[2] === thumbs_down) return undefined;
  return { version_id: id, at, download_count, thumbs_up, thumbs_down };
}
