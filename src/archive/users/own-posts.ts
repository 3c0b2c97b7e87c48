/** A work of a creator: an image, its post, and the versions it was made with. */
export interface Work {
  readonly imageId: number;
  readonly postId: number | undefined;
  readonly versionIds: readonly number[];
}

/** What is known of a creator's own models. */
export interface OwnModels {
  /** The model of each version. */
  readonly versions: ReadonlyMap<number, number>;
  /** The model that shows each image on its page: its post belongs to it. */
  readonly shown: ReadonlyMap<number, number>;
}

/** What the images of a post say of it. */
interface Votes {
  /** Images that name any version. */
  telling: number;
  /** How many of them name each of the creator's own models. */
  readonly models: Map<number, number>;
  shown: number | undefined;
}

/**
 * The model that each post belongs to, by the post's id. The public API does not say it: an image that a model shows on its
 * page settles it for the whole post, else the model that most of its images were made with. One image that was made with
 * something else of the creator's own, too, moves no post.
 */
export function modelsOfPosts(works: readonly Work[], own: OwnModels): Map<number, number> {
  const posts = new Map<number, Votes>();
  for (const { imageId, postId, versionIds } of works) {
    if (postId === undefined) continue;
    const votes = posts.get(postId) ?? { telling: 0, models: new Map<number, number>(), shown: undefined };
    posts.set(postId, votes);
    const page = own.shown.get(imageId);
    if (page !== undefined) votes.shown = Math.min(page, votes.shown ?? page);
    if (versionIds.length > 0) votes.telling += 1;
    for (const model of new Set(versionIds.flatMap((id) => own.versions.get(id) ?? [])))
      votes.models.set(model, (votes.models.get(model) ?? 0) + 1);
  }
  const settled = [...posts].map(([postId, votes]) => [postId, votes.shown ?? winner(votes)] as const);
  return new Map(settled.filter((one): one is [number, number] => one[1] !== undefined));
}

/** The older model wins among equals, so that each run comes to the same. */
function winner({ telling, models }: Votes): number | undefined {
  const [first] = [...models].toSorted(([a, many], [b, more]) => more - many || a - b);
  return first === undefined || first[1] * 2 <= telling ? undefined : first[0];
}
