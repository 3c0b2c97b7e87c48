import type { Insertable, Kysely, Selectable } from 'kysely';

import { changesBetween, changeOf, countChanges, saveChanges, splitByDifference } from './change.ts';
import type { Change, ChangeCount } from './change.ts';
import { creatorKey, saveCreators } from './creator.ts';
import { counterAfter, flagOrNull, listOrNull, realOrNull, textOrNull, wholeOrNull } from './facts-clean.ts';
import type { ModelFacts } from './facts.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import type { ModelTable, Tables } from './schema.ts';
import { groupBy, readByKeys, upsert, writeByKeys } from './upsert.ts';

type ModelRow = Selectable<ModelTable>;

/** What the history keeps of a model; `creator` and `tags` are added by name. */
const HISTORY = [
  'name', 'type', 'description', 'nsfw', 'nsfw_level', 'poi', 'minor', 'mode', 'availability',
  'allow_no_credit', 'allow_derivatives', 'allow_different_license', 'commercial_use',
] as const; // prettier-ignore

/**
 * Keeps what answers say of models, with creators and tags; a later answer in the list wins. Silence replaces nothing,
 * see `counterAfter` for counters. What changed goes into the history, statistics apart.
 */
export async function saveModels(
  target: Writable,
  models: readonly ModelFacts[],
  at: number,
): Promise<ChangeCount> {
  return writing(target, async (trx) => {
    const ids = models.map((model) => model.id);
    const before = await readModels(trx, ids);
    const tags = await readTags(trx, ids);
    const names = await readCreatorNames(trx, before.values());
    await saveCreators(
      trx,
      models.flatMap((model) => (model.creator === undefined ? [] : [model.creator])),
    );
    const after = new Map(before);
    const changes: Change[] = [];
    const newTags = new Map<number, readonly string[]>();
    for (const facts of models) {
      const known = after.get(facts.id);
      const row = modelAfter(known, facts, at);
      after.set(facts.id, row);
      if (known !== undefined) changes.push(...modelChanges(known, row, facts, names, at));
      const wereTags = newTags.get(facts.id) ?? tags.get(facts.id) ?? [];
      const areTags = tagsAfter(wereTags, facts);
      if (areTags === wereTags) continue;
      newTags.set(facts.id, areTags);
      if (wereTags.length > 0) changes.push(...tagChanges(wereTags, areTags, facts.id, at));
    }
    await writeModels(trx, before, after, at);
    await writeTags(trx, newTags);
    await saveChanges(trx, changes);
    return countChanges(new Set(ids), new Set(ids.filter((id) => !before.has(id))), changes);
  });
}

function modelAfter(known: ModelRow | undefined, facts: ModelFacts, at: number): ModelRow {
  const { stats } = facts;
  return {
    id: facts.id,
    name: textOrNull(facts.name) ?? '',
    type: textOrNull(facts.type) ?? '',
    description: textOrNull(facts.description) ?? known?.description ?? null,
    creator_key:
      facts.creator === undefined
        ? (known?.creator_key ?? null)
        : creatorKey(textOrNull(facts.creator.username) ?? ''),
    nsfw: facts.nsfw ? 1 : 0,
    // 0 is "not rated yet"; a rating once given is not forgotten for it.
    nsfw_level: wholeOrNull(facts.nsfwLevel) || (known?.nsfw_level ?? 0),
    poi: flagOrNull(facts.poi) ?? known?.poi ?? null,
    minor: flagOrNull(facts.minor) ?? known?.minor ?? null,
    mode: facts.mode === undefined ? (known?.mode ?? null) : textOrNull(facts.mode),
    availability: textOrNull(facts.availability) ?? known?.availability ?? null,
    allow_no_credit: flagOrNull(facts.allowNoCredit) ?? known?.allow_no_credit ?? null,
    allow_derivatives: flagOrNull(facts.allowDerivatives) ?? known?.allow_derivatives ?? null,
    allow_different_license:
      flagOrNull(facts.allowDifferentLicense) ?? known?.allow_different_license ?? null,
    commercial_use:
      listOrNull(facts.commercialUse && [...facts.commercialUse].sort()) ?? known?.commercial_use ?? null,
    download_count: counterAfter(known?.download_count ?? null, stats.downloads),
    thumbs_up: counterAfter(known?.thumbs_up ?? null, stats.thumbsUp),
    thumbs_down: counterAfter(known?.thumbs_down ?? null, stats.thumbsDown),
    comment_count: counterAfter(known?.comment_count ?? null, stats.comments),
    tipped: counterAfter(known?.tipped ?? null, stats.tipped),
    rating: realOrNull(stats.rating) || (known?.rating ?? realOrNull(stats.rating)),
    rating_count: counterAfter(known?.rating_count ?? null, stats.ratingCount),
    favorite_count: counterAfter(known?.favorite_count ?? null, stats.favorites),
    first_seen_at: known?.first_seen_at ?? at,
    seen_at: Math.max(at, known?.seen_at ?? at),
  };
}

function modelChanges(
  before: ModelRow,
  after: ModelRow,
  facts: ModelFacts,
  names: ReadonlyMap<string, string>,
  at: number,
): Change[] {
  const subject = { kind: 'model', id: facts.id, at } as const;
  const changes = changesBetween(subject, before, after, HISTORY);
  // A mode that appears or goes is news, unlike other fields that were only unknown.
  if (before.mode === null && after.mode !== null) changes.push(changeOf(subject, 'mode', null, after.mode));
  if (before.creator_key !== null && before.creator_key !== after.creator_key) {
    changes.push(
      changeOf(
        subject,
        'creator',
        names.get(before.creator_key) ?? before.creator_key,
        facts.creator?.username ?? null,
      ),
    );
  }
  return changes.filter((change) => change.field !== 'nsfw_level' || change.before !== '0');
}

function tagsAfter(known: readonly string[], facts: ModelFacts): readonly string[] {
  if (facts.tags === undefined) return known;
  const tags = [...new Set(facts.tags.map((tag) => textOrNull(tag) ?? ''))].filter((tag) => tag !== '');
  return tags.length === known.length && tags.every((tag, index) => tag === known[index]) ? known : tags;
}

/** Order alone is no news. */
function tagChanges(before: readonly string[], after: readonly string[], id: number, at: number): Change[] {
  const [was, is] = [JSON.stringify(before.toSorted()), JSON.stringify(after.toSorted())];
  return was === is ? [] : [changeOf({ kind: 'model', id, at }, 'tags', was, is)];
}

async function readModels(trx: Kysely<Tables>, ids: readonly number[]): Promise<Map<number, ModelRow>> {
  const rows = await readByKeys(ids, (some) =>
    trx.selectFrom('model').selectAll().where('id', 'in', some).execute(),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** The tags of models, in the site's order. */
export async function readTags(db: Kysely<Tables>, ids: readonly number[]): Promise<Map<number, string[]>> {
  const rows = await readByKeys(ids, (some) =>
    db.selectFrom('model_tag').selectAll().where('model_id', 'in', some).orderBy('position').execute(),
  );
  const groups = groupBy(rows, (row) => row.model_id);
  return new Map([...groups].map(([id, group]) => [id, group.map((row) => row.tag)]));
}

async function readCreatorNames(
  trx: Kysely<Tables>,
  models: Iterable<ModelRow>,
): Promise<Map<string, string>> {
  const keys = [...models].flatMap((model) => model.creator_key ?? []);
  const rows = await readByKeys(keys, (some) =>
    trx
      .selectFrom('creator')
      .select(['username_key', 'username'])
      .where('username_key', 'in', some)
      .execute(),
  );
  return new Map(rows.map((row) => [row.username_key, row.username]));
}

async function writeModels(
  trx: Kysely<Tables>,
  before: ReadonlyMap<number, ModelRow>,
  after: ReadonlyMap<number, ModelRow>,
  at: number,
): Promise<void> {
  const { touched, written } = splitByDifference(before, after);
  await upsert(trx, 'model', written as Insertable<ModelTable>[], { key: ['id'] });
  await writeByKeys(touched, (some) =>
    trx.updateTable('model').set({ seen_at: at }).where('id', 'in', some).where('seen_at', '<', at).execute(),
  );
}

async function writeTags(trx: Kysely<Tables>, tags: ReadonlyMap<number, readonly string[]>): Promise<void> {
  await writeByKeys(tags.keys(), (some) =>
    trx.deleteFrom('model_tag').where('model_id', 'in', some).execute(),
  );
  const rows = [...tags].flatMap(([id, list]) =>
    list.map((tag, position) => ({ model_id: id, tag, position })),
  );
  await upsert(trx, 'model_tag', rows, { key: ['model_id', 'tag'] });
}
