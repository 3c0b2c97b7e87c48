import { faultPoint } from '../../base/fault-point.ts';
import type { ImageId, PostId, VersionId } from '../../base/ids.ts';
import { readImages, saveImages, versionIdsOf } from '../../catalog/image.ts';
import type { KeptWalk, WalkKey } from '../../catalog/coverage.ts';
import type { Image, Item, Model } from '../../civitai/shapes/types.ts';
import type { ResolveOptions } from '../download/resolver.ts';
import type { Wants } from '../download/want.ts';
import { imageFacts } from '../to-facts.ts';
import { imagesOfModels } from '../users/find-own-models.ts';
import { comparableName, wantKey } from './coverage.ts';
import type { Coverage } from './coverage.ts';
import { wantsOfImages } from './image-wants.ts';
import { keepWalk, latest, reachesKnown, walkToBuildOn } from './kept-walks.ts';
import { isSince, WITH_META } from './resolve-images.ts';
import { brokenOff, isWalkedOut, walkAll } from './walk-all.ts';
import type { Walked, WalkWishes } from './walk-all.ts';

/** Whose images, and which. */
export interface ImagesAsked {
  readonly said: string;
  readonly username: string;
  readonly onlyVideos: boolean;
  /** Only what belongs to one of these. */
  readonly models?: readonly Item<Model>[];
}

/** All images of a creator: those that are new since the last whole walk, and those that it showed. */
export async function imagesOfCreator(asked: ImagesAsked, options: ResolveOptions): Promise<Wants> {
  const { said, username, onlyVideos, models } = asked;
  const key: WalkKey = {
    creator: comparableName(username),
    kind: 'images',
    question: `${options.asker} levels=${options.levels}${onlyVideos ? ' type=video' : ''}`,
  };
  const kept = await walkToBuildOn(key, options);
  const found = await findImages(key.creator, onlyVideos, kept, options);
  const markAt = latest([kept?.markAt, ...found.images.map(({ createdAt }) => createdAt)]);
  const ids = found.images.flatMap(({ id }) => id ?? []);
  const at = options.clock.now();
  await keepWalk(key, { members: ids, announced: undefined, end: found.walk, markAt }, at, options);
  const recent = found.images.filter((image) => isSince(image, options.choices.since));
  const fresh = models === undefined ? recent : await imagesOfModels(recent, username, models, options);
  const { wants, unwanted } = wantsOfImages(fresh, options);
  const broken = found.ends.flatMap((end) => brokenOff(`${said}: its images`, end) ?? []).slice(0, 1);
  const coverage: Coverage = {
    creator: username,
    of: 'images',
    key,
    announced: undefined,
    seen: found.images.length,
    filtered: found.images.length - fresh.length,
    refused: unwanted.map(({ code }) => code),
    members: wants.map((want) => [wantKey(want)]),
    walk: found.walk,
    wholeAt: found.walk === 'whole' ? at : kept?.wholeAt,
  };
  return { wants, unwanted: [...unwanted, ...broken], notes: [], coverage: [coverage] };
}

interface FoundImages {
  readonly images: readonly Image[];
  readonly walk: Coverage['walk'];
  readonly ends: readonly Walked<Image>['end'][];
}

async function findImages(
  creator: string,
  onlyVideos: boolean,
  kept: KeptWalk | undefined,
  options: ResolveOptions,
): Promise<FoundImages> {
  const { client, walksTwice } = options;
  const walk = (sort: string, isEnough?: WalkWishes<Image>['isEnough']): Promise<Walked<Image>> =>
    walkAll(
      client.images({ ...WITH_META, username: creator, type: onlyVideos ? 'video' : undefined, sort }),
      ({ username }) => username === undefined || comparableName(username) === creator,
      {
        slim,
        onFresh: (items) => keepImages(items, options),
        ...(isEnough === undefined ? {} : { isEnough }),
      },
    );
  const recalled = kept === undefined ? undefined : await recallImages(kept, options);
  if (kept === undefined || recalled === undefined) {
    // The feed may miss some while it changes; the other way round it misses others.
    const walks = [await walk('Oldest'), ...(walksTwice ? [await walk('Newest')] : [])];
    const images = united(walks.flatMap(({ items }) => items.map(({ value }) => value)));
    return { images, walk: walks.every(isWalkedOut) ? 'whole' : 'broken', ends: walks.map(({ end }) => end) };
  }
  const { items, end } = await walk('Newest', (page) =>
    reachesKnown(
      page.map(({ id, createdAt }) => ({ id, at: createdAt })),
      kept,
    ),
  );
  const fresh = items.map(({ value }) => value);
  if (end === 'complete') return { images: united(fresh), walk: 'whole', ends: [end] };
  return { images: united([...recalled, ...fresh]), walk: end === 'enough' ? 'new' : 'broken', ends: [end] };
}

/** Of forty thousand images everything that was said would fill the memory; it is in the catalog by then. */
function slim({ value, raw }: Item<Image>): Item<Image> {
  return { value: { ...value, meta: undefined }, raw: value.id === undefined ? raw : '' };
}

async function keepImages(
  items: readonly Item<Image>[],
  { keepIn, clock, onPage }: ResolveOptions,
): Promise<void> {
  onPage?.();
  if (keepIn === undefined) return;
  await saveImages(
    keepIn,
    items.map(({ value }) => imageFacts(value)),
    clock.now(),
  );
  faultPoint('coverage.page');
}

/** Each image once, in the order of their numbers; the later word counts. */
function united(images: readonly Image[]): Image[] {
  const byKey = new Map(images.map((image) => [image.id ?? image.url, image]));
  return [...byKey.values()].sort((a, b) => (a.id ?? 0) - (b.id ?? 0));
}

/** What earlier walks showed, as the catalog has it; `undefined` when it does not have all of it. */
async function recallImages(
  { members }: KeptWalk,
  { catalog }: ResolveOptions,
): Promise<Image[] | undefined> {
  const rows = await readImages(catalog.db, members);
  if (rows.length !== members.size) return undefined;
  return rows.map((row): Image => ({
    id: row.id as ImageId,
    uuid: row.uuid ?? undefined,
    url: row.url,
    media: row.media,
    width: row.width ?? undefined,
    height: row.height ?? undefined,
    nsfwLevel: row.nsfw_level,
    blurhash: row.blurhash ?? undefined,
    postId: (row.post_id ?? undefined) as PostId | undefined,
    username: row.username ?? undefined,
    createdAt: row.created_at ?? undefined,
    versionIds: versionIdsOf(row) as VersionId[],
    meta: undefined,
  }));
}
