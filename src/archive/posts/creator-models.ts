import { SourceError } from '../../base/errors.ts';
import type { ModelId } from '../../base/ids.ts';
import type { KeptWalk, WalkKey } from '../../catalog/coverage.ts';
import type { CivitaiClient } from '../../civitai/client.ts';
import type { Item, Model } from '../../civitai/shapes/types.ts';
import { isHostGone } from '../../net/failure.ts';
import type { Asked } from '../download/asked.ts';
import { modelAnswers } from '../download/model-answers.ts';
import type { ModelAnswers } from '../download/model-answers.ts';
import { resolveModelsBy } from '../download/resolve-models.ts';
import type { ResolveOptions } from '../download/resolver.ts';
import type { Wants } from '../download/want.ts';
import { askUnofficial } from './ask-unofficial.ts';
import { comparableName, wantKey } from './coverage.ts';
import type { Coverage } from './coverage.ts';
import { keepWalk, latest, reachesKnown, walkToBuildOn } from './kept-walks.ts';
import { recallModels } from './recall-models.ts';
import type { RecalledModels } from './recall-models.ts';
import { brokenOff, isWalkedOut, walkAll } from './walk-all.ts';
import type { Walked, WalkWishes } from './walk-all.ts';

/** What everybody may see. */
export const PG = 1;

/** What the lists showed, and what was known of it. */
interface FoundModels {
  /** Each model once, those of now as the widest list tells them. */
  readonly shown: readonly Item<Model>[];
  /** Known ones that were not looked at. */
  readonly recalled: readonly Item<Model>[];
  readonly walk: Coverage['walk'];
  readonly ends: readonly Walked<Model>['end'][];
  readonly notes?: readonly string[];
}

/** All models of a creator: what is new since the last whole walk, and those that it showed. */
export async function modelsOfCreator(
  said: string,
  username: string,
  options: ResolveOptions,
): Promise<Wants> {
  const { client, levels } = options;
  const key: WalkKey = {
    creator: comparableName(username),
    kind: 'models',
    question: `${options.asker} levels=${levels}`,
  };
  const announced = await announcedModels(client, username);
  const kept = await walkToBuildOn(key, options);
  const known = await recallModels(kept?.members ?? [], options);
  const lists: Lists = { creator: key.creator, client, isPgOnly: levels === PG, onPage: options.onPage };
  const answers = modelAnswers(options);
  const found =
    (kept === undefined ? undefined : await walkNew(lists, kept, known, announced)) ??
    (await withUnlisted(said, lists, await walkWhole(lists), answers, options));
  answers.recall(found.recalled);
  answers.take(found.shown);
  answers.settle(await known.settled(found.shown, found.recalled));
  const own = [...found.recalled, ...found.shown].sort((a, b) => a.value.id - b.value.id);
  const chosen = own.filter(({ value }) => isOfLevels(value, levels));
  const each = chosen.map(({ value }): Asked => ({
    said: `${said}: model ${value.id}`,
    target: { kind: 'model', modelId: value.id },
  }));
  const outcomes = [...(await resolveModelsBy(answers, each, options)).values()];
  const markAt = latest([kept?.markAt, ...own.map(({ value }) => lastVersionAt(value))]);
  const ids = own.map(({ value }) => value.id);
  const at = options.clock.now();
  await keepWalk(key, { members: ids, announced, end: found.walk, markAt }, at, options);
  const members = outcomes.filter(({ wants }) => wants.length > 0).map(({ wants }) => wants.map(wantKey));
  const refused = outcomes.flatMap(({ wants, unwanted }) =>
    wants.length === 0 && unwanted[0] !== undefined ? [unwanted[0].code] : [],
  );
  const broken = found.ends.flatMap((end) => brokenOff(`${said}: its models`, end) ?? []).slice(0, 1);
  const coverage: Coverage = {
    creator: username,
    of: 'models',
    key,
    announced,
    seen: own.length,
    filtered: own.length - members.length - refused.length,
    refused,
    members,
    walk: found.walk,
    wholeAt: found.walk === 'whole' ? at : kept?.wholeAt,
  };
  return {
    wants: outcomes.flatMap(({ wants }) => wants),
    unwanted: [...outcomes.flatMap(({ unwanted }) => unwanted), ...broken],
    notes: [...(found.notes ?? []), ...outcomes.flatMap(({ notes }) => notes)],
    coverage: [coverage],
    models: chosen,
  };
}

interface Lists {
  /** As the site compares names. */
  readonly creator: string;
  readonly client: CivitaiClient;
  /** Only what everybody may see is wanted: the default list has all of that. */
  readonly isPgOnly: boolean;
  readonly onPage: ResolveOptions['onPage'];
}

type ListName = 'wide' | 'default';

function walk(
  { client, creator, onPage }: Lists,
  list: ListName,
  sort: 'Oldest' | 'Newest',
  isEnough?: WalkWishes<Model>['isEnough'],
): Promise<Walked<Model>> {
  const query = { username: creator, sort, archived: true, ...(list === 'wide' ? { nsfw: true } : {}) };
  // The system user's models come without a creator.
  const isOwn = (model: Model): boolean =>
    model.creator === undefined || comparableName(model.creator.username) === creator;
  const onFresh = (): Promise<void> => Promise.resolve(onPage?.());
  return walkAll(client.modelsOf(query), isOwn, { onFresh, ...(isEnough === undefined ? {} : { isEnough }) });
}

/**
 * No list shows all models: the wide one leaves some out that the default one has, and `Newest` skips one a page. So both
 * are walked by age, oldest first, where nothing shifts, and united by id.
 */
async function walkWhole(lists: Lists): Promise<FoundModels> {
  const walks: Walked<Model>[] = [];
  if (!lists.isPgOnly) walks.push(await walk(lists, 'wide', 'Oldest'));
  walks.push(await walk(lists, 'default', 'Oldest'));
  return {
    shown: united(walks.flatMap(({ items }) => items)),
    recalled: [],
    walk: walks.every(({ end }) => end === 'complete') ? 'whole' : 'broken',
    ends: walks.map(({ end }) => end),
  };
}

/** Models that no public list shows and the site's own pages do, where these may be asked: each is then asked for alone. */
async function withUnlisted(
  said: string,
  { creator }: Lists,
  found: FoundModels,
  answers: ModelAnswers,
  { unofficial }: ResolveOptions,
): Promise<FoundModels> {
  if (unofficial === undefined) return found;
  const asked = await askUnofficial(`${said}: its models`, () => unofficial.modelIdsOf(creator));
  if (asked.note !== undefined) return { ...found, notes: [asked.note] };
  const shown = new Set(found.shown.map(({ value }) => value.id));
  const lacking = asked.value.filter((id) => !shown.has(id));
  await answers.expect(lacking);
  // An unknown name lists what everybody has: only what says whose it is counts.
  const own = [];
  for (const id of lacking) {
    const model = await answers.model(id);
    if (model?.creator !== undefined && comparableName(model.creator.username) === creator) own.push(id);
  }
  return { ...found, shown: [...found.shown, ...answers.told(own)] };
}

/**
 * The first page of each list, newest first, which is by the time of the last version: a model with a new one stands on
 * top again. Where that is all of the list, nothing is left to prove. Else it is enough when the page reaches back into
 * what is known and as many are missing of the announced ones as the last whole walk missed. `undefined` when it is not:
 * the pages behind it would skip one each.
 */
async function walkNew(
  lists: Lists,
  kept: KeptWalk,
  { models: known }: RecalledModels,
  announced: number | undefined,
): Promise<FoundModels | undefined> {
  const pages = new Map<ListName, Walked<Model>>();
  for (const list of lists.isPgOnly ? (['default'] as const) : (['wide', 'default'] as const)) {
    let reaches = false;
    const page = await walk(lists, list, 'Newest', (own) => {
      reaches = reachesKnown(
        own.map((model) => ({ id: model.id, at: lastVersionAt(model) })),
        kept,
      );
      return true;
    });
    if (!isWalkedOut(page) || (page.end === 'enough' && !reaches)) return undefined;
    pages.set(list, page);
  }
  const ends = [...pages.values()].map(({ end }) => end);
  const all = united([...pages.values()].flatMap(({ items }) => items));
  if (ends.every((end) => end === 'complete')) return { shown: all, recalled: [], walk: 'whole', ends };
  const wide = new Set(pages.get('wide')?.items.map(({ value }) => value.id));
  // The default list tells less of a model than the wide one does.
  const shown = all.filter(
    ({ value }) => lists.isPgOnly || wide.has(value.id) || hasNews(value, known.get(value.id)?.value),
  );
  const isNew = ({ value }: Item<Model>): boolean => !kept.members.has(value.id);
  const total = kept.members.size + shown.filter(isNew).length;
  const isAsMany = announced === undefined || kept.hidden === undefined || announced - total === kept.hidden;
  if (!isAsMany || known.size !== kept.members.size) return undefined;
  const told = new Set(shown.map(({ value }) => value.id));
  return {
    shown,
    recalled: [...known.values()].filter(({ value }) => !told.has(value.id)),
    walk: 'new',
    ends,
  };
}

function hasNews(model: Model, known: Model | undefined): boolean {
  const versions = new Set(known?.versions.map(({ id }) => id));
  return known === undefined || model.versions.some(({ id }) => !versions.has(id));
}

function lastVersionAt({ versions }: Model): number | undefined {
  return latest(versions.map(({ publishedAt }) => publishedAt));
}

/** Each model once, as the first list tells it. */
function united(items: readonly Item<Model>[]): Item<Model>[] {
  const byId = new Map<ModelId, Item<Model>>();
  for (const item of items) if (!byId.has(item.value.id)) byId.set(item.value.id, item);
  return [...byId.values()];
}

/** True when a model has something of these rating levels, or is not rated. */
export function isOfLevels({ nsfwLevel }: Model, levels: number): boolean {
  return nsfwLevel === undefined || nsfwLevel === 0 || (nsfwLevel & levels) !== 0;
}

/** What the site's list of creators says; the walk does not depend on it. */
async function announcedModels(client: CivitaiClient, username: string): Promise<number | undefined> {
  try {
    return await client.modelCount(username);
  } catch (error) {
    const isGone: boolean = isHostGone(error);
    if (isGone || !(error instanceof SourceError)) throw error;
    return undefined;
  }
}
