import { SourceError } from '../../base/errors.ts';
import type { ModelId } from '../../base/ids.ts';
import type { CivitaiClient } from '../../civitai/client.ts';
import type { Item, Model } from '../../civitai/shapes/types.ts';
import { isHostGone } from '../../net/failure.ts';
import type { Asked } from '../download/asked.ts';
import { modelAnswers } from '../download/model-answers.ts';
import { resolveModelsBy } from '../download/resolve-models.ts';
import type { ResolveOptions } from '../download/resolver.ts';
import { notThere, unwantedBy } from '../download/unwanted.ts';
import type { Unwanted, Wants } from '../download/want.ts';
import { comparableName, wantKey } from './coverage.ts';
import type { Coverage } from './coverage.ts';
import { imageWants } from './image-wants.ts';
import { imagesOfModels } from '../users/find-own-models.ts';
import { isSince, WITH_META } from './resolve-images.ts';
import { brokenOff, walkAll } from './walk-all.ts';
import type { Walked } from './walk-all.ts';

/** Names as the site gives them. */
const NAME = /^\w{1,64}$/;
const TABS_OF_MODELS: readonly (string | undefined)[] = [undefined, 'models'];
const TABS_OF_IMAGES: readonly (string | undefined)[] = [undefined, 'images', 'posts', 'videos'];

/** Creators: all their models, all their images, or both, as the address says; with how much of it was seen. */
export async function resolveCreators(
  asked: readonly Asked[],
  options: ResolveOptions,
): Promise<Map<Asked, Wants>> {
  const outcomes = new Map<Asked, Wants>();
  for (const one of asked) {
    const { target, said } = one;
    if (target.kind !== 'user') continue;
    const tab = target.tab?.toLowerCase();
    const name = target.username;
    if (!NAME.test(name)) {
      // The site drops a filter that it can't read, and would list what everybody has.
      outcomes.set(one, nothing(notThere(said, 'No creator of the site can have that name.')));
      continue;
    }
    const parts: Wants[] = [];
    if (TABS_OF_MODELS.includes(tab)) parts.push(await told(said, () => modelsOf(said, name, options)));
    const models = parts.flatMap((part) => part.models ?? []);
    if (TABS_OF_IMAGES.includes(tab))
      parts.push(await told(said, () => imagesOf(said, name, tab === 'videos', options)));
    else if (options.bringsTogether && models.length > 0)
      parts.push(await told(said, () => imagesOf(said, name, false, options, models)));
    outcomes.set(one, parts.length === 0 ? nothing(noTab(said)) : joined(parts));
  }
  return outcomes;
}

async function told(said: string, find: () => Promise<Wants>): Promise<Wants> {
  try {
    return await find();
  } catch (error) {
    return nothing(unwantedBy(error, said));
  }
}

function nothing(unwanted: Unwanted): Wants {
  return { wants: [], unwanted: [unwanted], notes: [] };
}

/** The same refusal of models and images is told once. */
function joined(parts: readonly Wants[]): Wants {
  const unwanted = new Map(parts.flatMap((part) => part.unwanted).map((one) => [JSON.stringify(one), one]));
  return {
    wants: parts.flatMap(({ wants }) => wants),
    unwanted: [...unwanted.values()],
    notes: parts.flatMap(({ notes }) => notes),
    coverage: parts.flatMap(({ coverage }) => coverage ?? []),
    models: parts.flatMap(({ models }) => models ?? []),
  };
}

/**
 * No stream shows all models: the wide one leaves some out that the default one has, and `Newest` skips one a page. So
 * both are walked by age, oldest first, where nothing shifts, and united by id.
 */
async function modelsOf(said: string, username: string, options: ResolveOptions): Promise<Wants> {
  const { client, levels } = options;
  const query = { username: comparableName(username), sort: 'Oldest', archived: true };
  // The system user's models come without a creator.
  const isOwn = ({ creator }: Model): boolean =>
    creator === undefined || comparableName(creator.username) === query.username;
  const streams: Walked<Model>[] = [];
  if (levels !== PG) streams.push(await walkAll(client.modelsOf({ ...query, nsfw: true }), isOwn));
  streams.push(await walkAll(client.modelsOf(query), isOwn));
  const own = united(streams);
  const chosen = own.filter(({ value }) => isOfLevels(value, levels));
  const answers = modelAnswers(options);
  answers.take(chosen);
  const each = chosen.map(({ value }): Asked => ({
    said: `${said}: model ${value.id}`,
    target: { kind: 'model', modelId: value.id },
  }));
  const found = [...(await resolveModelsBy(answers, each, options)).values()];
  const members = found.filter(({ wants }) => wants.length > 0).map(({ wants }) => wants.map(wantKey));
  const refused = found.filter(({ wants, unwanted }) => wants.length === 0 && unwanted.length > 0).length;
  const broken = streams.flatMap(({ end }) => brokenOff(`${said}: its models`, end) ?? []).slice(0, 1);
  const coverage: Coverage = {
    creator: username,
    of: 'models',
    announced: await announced(client, username),
    seen: own.length,
    filtered: own.length - members.length - refused,
    refused,
    members,
    complete: broken.length === 0,
  };
  return {
    wants: found.flatMap(({ wants }) => wants),
    unwanted: [...found.flatMap(({ unwanted }) => unwanted), ...broken],
    notes: found.flatMap(({ notes }) => notes),
    coverage: [coverage],
    models: chosen,
  };
}

const PG = 1;

/** Each model once, as the widest stream tells it. */
function united(streams: readonly Walked<Model>[]): Item<Model>[] {
  const byId = new Map<ModelId, Item<Model>>();
  for (const item of streams.flatMap(({ items }) => items))
    if (!byId.has(item.value.id)) byId.set(item.value.id, item);
  return [...byId.values()];
}

function isOfLevels({ nsfwLevel }: Model, levels: number): boolean {
  return nsfwLevel === undefined || nsfwLevel === 0 || (nsfwLevel & levels) !== 0;
}

/** What the site's list of creators says; the walk does not depend on it. */
async function announced(client: CivitaiClient, username: string): Promise<number | undefined> {
  try {
    return await client.modelCount(username);
  } catch (error) {
    const isGone: boolean = isHostGone(error);
    if (isGone || !(error instanceof SourceError)) throw error;
    return undefined;
  }
}

async function imagesOf(
  said: string,
  username: string,
  onlyVideos: boolean,
  options: ResolveOptions,
  /** Only what belongs to one of these. */
  models?: readonly Item<Model>[],
): Promise<Wants> {
  const { client, choices } = options;
  const type = onlyVideos ? 'video' : undefined;
  const name = comparableName(username);
  const { items, end } = await walkAll(
    client.images({ ...WITH_META, username: name, type, sort: 'Oldest' }),
    (image) => image.username === undefined || comparableName(image.username) === name,
  );
  const own = items.map(({ value }) => value);
  const recent = own.filter((image) => isSince(image, choices.since));
  const fresh = models === undefined ? recent : await imagesOfModels(recent, username, models, options);
  const { wants, unwanted } = await imageWants(fresh, options);
  const broken = brokenOff(`${said}: its images`, end);
  const coverage: Coverage = {
    creator: username,
    of: 'images',
    announced: undefined,
    seen: own.length,
    filtered: own.length - fresh.length,
    refused: unwanted.length,
    members: wants.map((want) => [wantKey(want)]),
    complete: broken === undefined,
  };
  return {
    wants,
    unwanted: broken === undefined ? unwanted : [...unwanted, broken],
    notes: [],
    coverage: [coverage],
  };
}

function noTab(what: string): Unwanted {
  return {
    what,
    state: 'failed',
    code: 'target-unknown',
    why: 'That page of a creator lists neither models nor images.',
    next: 'Name /user/NAME, or its /models, /images, /posts or /videos.',
  };
}
