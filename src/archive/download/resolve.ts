import type { Target } from '../../civitai/target.ts';
import { resolveCreators } from '../posts/resolve-creators.ts';
import { resolveImages } from '../posts/resolve-images.ts';
import type { Asked } from './asked.ts';
import { resolveListings } from './resolve-listings.ts';
import { resolveModels } from './resolve-models.ts';
import type { Resolver, ResolveOptions } from './resolver.ts';
import type { Want, Wants } from './want.ts';

/** Who resolves which kind of target. A new kind of thing to get is a line here and one in kinds.ts. */
const RESOLVERS: readonly { readonly kinds: readonly Target['kind'][]; readonly resolve: Resolver }[] = [
  { kinds: ['model', 'version', 'hash', 'number'], resolve: resolveModels },
  { kinds: ['image', 'media', 'post'], resolve: resolveImages },
  { kinds: ['user'], resolve: resolveCreators },
  { kinds: ['tag', 'listing'], resolve: resolveListings },
];

/**
 * Asks the site what the targets are, and gives what is to be brought, each thing once, in the order of the targets.
 * Throws SourceError when the site can't be asked.
 */
export async function resolveTargets(asked: readonly Asked[], options: ResolveOptions): Promise<Wants> {
  const found = new Map<Asked, Wants>();
  for (const { kinds, resolve } of RESOLVERS) {
    const own = asked.filter(({ target }) => kinds.includes(target.kind));
    if (own.length === 0) continue;
    for (const [one, wants] of await resolve(own, options)) found.set(one, wants);
  }
  const all = asked.map((one) => found.get(one) ?? notYet(one));
  return {
    wants: onlyOnce(all.flatMap(({ wants }) => wants)),
    unwanted: all.flatMap(({ unwanted }) => unwanted),
    notes: [...new Set(all.flatMap(({ notes }) => notes))],
    coverage: all.flatMap(({ coverage }) => coverage ?? []),
    models: all.flatMap(({ models }) => models ?? []),
  };
}

function onlyOnce(wants: readonly Want[]): Want[] {
  const byKey = new Map<string, Want>();
  for (const want of wants) {
    const key = JSON.stringify([want.kind, want.subject, want.output]);
    if (!byKey.has(key)) byKey.set(key, want);
  }
  return [...byKey.values()];
}

function notYet({ said, target }: Asked): Wants {
  const isElsewhere = target.kind === 'elsewhere';
  return {
    wants: [],
    notes: [],
    unwanted: [
      {
        what: said,
        state: 'failed',
        code: isElsewhere ? 'not-of-civitai' : 'target-unknown',
        why: isElsewhere
          ? `It is a resource of ${target.air.source}, not of Civitai.`
          : `Nothing of the kind "${target.kind}" can be fetched.`,
        next: 'Name a model, a version, a file, an image, a post, a creator, a tag or a search.',
      },
    ],
  };
}
