import type { Asked } from '../download/asked.ts';
import type { ResolveOptions } from '../download/resolver.ts';
import { notThere, unwantedBy } from '../download/unwanted.ts';
import type { Unwanted, Wants } from '../download/want.ts';
import { imagesOfCreator } from './creator-images.ts';
import { modelsOfCreator } from './creator-models.ts';

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
    if (TABS_OF_MODELS.includes(tab))
      parts.push(await told(said, () => modelsOfCreator(said, name, options)));
    const models = parts.flatMap((part) => part.models ?? []);
    const images = { said, username: name, onlyVideos: tab === 'videos' };
    if (TABS_OF_IMAGES.includes(tab)) parts.push(await told(said, () => imagesOfCreator(images, options)));
    else if (options.bringsTogether && models.length > 0)
      parts.push(await told(said, () => imagesOfCreator({ ...images, models }, options)));
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

function noTab(what: string): Unwanted {
  return {
    what,
    state: 'failed',
    code: 'target-unknown',
    why: 'That page of a creator lists neither models nor images.',
    next: 'Name /user/NAME, or its /models, /images, /posts or /videos.',
  };
}
