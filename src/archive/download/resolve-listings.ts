import { formatCount } from '../../base/bytes.ts';
import type { ModelId } from '../../base/ids.ts';
import { fitsListing, isEverything, modelListing, tagListing } from '../../civitai/listing-query.ts';
import type { ModelListing } from '../../civitai/listing-query.ts';
import type { Item, Model } from '../../civitai/shapes/types.ts';
import type { Target } from '../../civitai/target.ts';
import { isOfLevels, PG } from '../posts/creator-models.ts';
import { brokenOff, walkAll } from '../posts/walk-all.ts';
import type { Walked } from '../posts/walk-all.ts';
import type { Asked } from './asked.ts';
import { modelAnswers } from './model-answers.ts';
import { resolveModelsBy } from './resolve-models.ts';
import type { ResolveOptions } from './resolver.ts';
import { notThere, unwantedBy } from './unwanted.ts';
import type { Unwanted, Wants } from './want.ts';

/** Tags and searches: the models that the same question lists, as many as are wanted. */
export async function resolveListings(
  asked: readonly Asked[],
  options: ResolveOptions,
): Promise<Map<Asked, Wants>> {
  const outcomes = new Map<Asked, Wants>();
  for (const one of asked) {
    const listing = listingOf(one.target);
    outcomes.set(
      one,
      listing === undefined ? nothing(noModels(one.said)) : await told(one, listing, options),
    );
  }
  return outcomes;
}

function listingOf(target: Target): ModelListing | undefined {
  if (target.kind === 'tag') return tagListing(target.name);
  return target.kind === 'listing' && target.of === 'models' ? modelListing(target.query) : undefined;
}

async function told({ said }: Asked, listing: ModelListing, options: ResolveOptions): Promise<Wants> {
  try {
    return isEverything(listing) ? nothing(tooMuch(said)) : await find(said, listing, options);
  } catch (error) {
    return nothing(unwantedBy(error, said));
  }
}

async function find(said: string, listing: ModelListing, options: ResolveOptions): Promise<Wants> {
  const { choices, levels } = options;
  const { items, end, isMore } = await walkLists(listing, options);
  const broken = brokenOff(said, end);
  const chosen = items.filter(({ value }) => isOfLevels(value, levels));
  // Where nothing fits at all the site dropped the filter: it knows no such tag.
  if (items.length === 0)
    return nothing(broken === undefined || end === 'leads-away' ? notThere(said, NO_MODELS) : broken);
  const answers = modelAnswers(options);
  answers.take(chosen);
  const each = chosen.map(({ value }): Asked => ({
    said: `${said}: model ${value.id}`,
    target: { kind: 'model', modelId: value.id },
  }));
  const found = [...(await resolveModelsBy(answers, each, options)).values()];
  const notes = [
    ...(isMore
      ? [
          `${said}: the first ${formatCount(choices.limit)} models were taken; --limit takes more, 0 all of them.`,
        ]
      : []),
    ...(listing.unread.length > 0
      ? [
          `${said}: the site's API has no filter for ${listing.unread.join(', ').slice(0, 200)}; it was left out.`,
        ]
      : []),
    ...(listing.sort === 'Newest' && items.length > PAGE
      ? [`${said}: by Newest the site leaves out one model on each page of ${PAGE}.`]
      : []),
  ];
  return {
    wants: found.flatMap(({ wants }) => wants),
    unwanted: [...found.flatMap(({ unwanted }) => unwanted), ...(broken === undefined ? [] : [broken])],
    notes: [...notes, ...found.flatMap((one) => one.notes)],
    models: chosen,
  };
}

const PAGE = 100;
const NO_MODELS = 'The site lists no model for it.';

interface Listed extends Walked<Model> {
  /** There are more than were wanted. */
  readonly isMore: boolean;
}

/** The wide list shows mature models and leaves some others out, which the default one has: it comes second. */
async function walkLists(listing: ModelListing, options: ResolveOptions): Promise<Listed> {
  const most = options.choices.limit === 0 ? Infinity : options.choices.limit;
  const found = new Map<ModelId, Item<Model>>();
  let end: Walked<Model>['end'] = 'complete';
  for (const isWide of options.levels === PG ? [false] : [true, false]) {
    let seen = found.size;
    const walked = await walkAll(
      options.client.modelsOf({ ...questionOf(listing, most), ...(isWide ? { nsfw: true } : {}) }),
      (model) => fitsListing(model, listing),
      // One more than wanted tells that there are more.
      { isEnough: (own) => (seen += own.length) > most },
    );
    for (const item of walked.items) if (!found.has(item.value.id)) found.set(item.value.id, item);
    if (brokenOff('', walked.end) !== undefined) end = walked.end;
    if (found.size > most) break;
  }
  return { items: [...found.values()].slice(0, most), end, isMore: found.size > most };
}

/** Where all are wanted their order does not matter, and by age nothing shifts; words are found in an order of their own. */
function questionOf({ unread: _unread, ...listing }: ModelListing, most: number) {
  const sort = listing.sort ?? (most === Infinity && listing.query === undefined ? 'Oldest' : undefined);
  return { ...listing, sort, limit: Math.min(PAGE, most + 1) };
}

function nothing(unwanted: Unwanted): Wants {
  return { wants: [], unwanted: [unwanted], notes: [] };
}

function noModels(what: string): Unwanted {
  return {
    what,
    state: 'failed',
    code: 'target-unknown',
    why: 'Of lists and searches only those of models can be fetched.',
    next: 'Name /tag/NAME, /models?… or /search/models?query=…; for images there is `civitarium images`.',
  };
}

function tooMuch(what: string): Unwanted {
  return {
    what,
    state: 'failed',
    code: 'target-unknown',
    why: 'That address lists every model of the site.',
    next: 'Narrow it down, for example /models?query=ink&types=LORA.',
  };
}
