import { SourceError } from '../../base/errors.ts';
import type { PostId } from '../../base/ids.ts';
import { inPool } from '../../base/pool.ts';
import type { Image } from '../../civitai/shapes/types.ts';
import type { Target } from '../../civitai/target.ts';
import type { Asked } from '../download/asked.ts';
import type { ResolveOptions } from '../download/resolver.ts';
import { notThere, unwantedBy } from '../download/unwanted.ts';
import type { Belonging, Unwanted, Wants } from '../download/want.ts';
import { askUnofficial } from './ask-unofficial.ts';
import { imageWants } from './image-wants.ts';
import { brokenOff, walkAll } from './walk-all.ts';

/** Images of one target, as the site told of them. */
interface Found {
  readonly images: readonly Image[];
  readonly unwanted: readonly Unwanted[];
  readonly notes: readonly string[];
  /** Of the post, where it is asked for and known. */
  readonly title?: string | undefined;
}

/** What to ask of any list of images: with their generation data, in the same form from both of the site's engines. */
export const WITH_META = { withMeta: true, flatMeta: true } as const;

/** Images by their numbers, and all images of posts; what the site says of them is kept. */
export async function resolveImages(
  asked: readonly Asked[],
  options: ResolveOptions,
): Promise<Map<Asked, Wants>> {
  const outcomes = new Map<Asked, Wants>();
  await inPool(asked, options.asksAtOnce, async (one) => {
    const { images, unwanted, notes, title } = await findOne(one, options);
    const made = await imageWants(images, options, (image) => asAsked(image, title));
    outcomes.set(one, { wants: made.wants, unwanted: [...unwanted, ...made.unwanted], notes });
  });
  return outcomes;
}

function asAsked({ postId, username }: Image, title: string | undefined): Belonging {
  return { kind: 'post', postId, title, creator: username };
}

async function findOne(one: Asked, options: ResolveOptions): Promise<Found> {
  try {
    return await find(one.said, one.target, options);
  } catch (error) {
    return without(unwantedBy(error, one.said));
  }
}

async function find(said: string, target: Target, options: ResolveOptions): Promise<Found> {
  const { client, choices, bringsTogether } = options;
  if (target.kind === 'post') {
    const { postId } = target;
    const pages = client.images({ ...WITH_META, postId, sort: 'Oldest' });
    const { items, end } = await walkAll(pages, (image) => image.postId === postId);
    const broken = brokenOff(said, end);
    const listed = items.map(({ value }) => value);
    const { images: own, notes: unanswered } = await withUnlisted(said, postId, listed, options);
    if (own.length === 0) return without(broken ?? noImages(said));
    const fresh = own.filter((image) => isSince(image, choices.since));
    const older = own.length - fresh.length;
    const titled = bringsTogether ? await titleOf(said, postId, options) : { notes: [] };
    const notes = [
      ...unanswered,
      ...titled.notes,
      ...(older > 0 ? [`${said}: ${older} of its images are older than the date asked for.`] : []),
    ];
    return { images: fresh, notes, title: titled.title, unwanted: broken === undefined ? [] : [broken] };
  }
  const imageId = 'imageId' in target ? target.imageId : undefined;
  if (imageId === undefined)
    return without(notThere(said, 'The address names a picture without its number.'));
  const { items } = await walkAll(client.images({ ...WITH_META, imageId }), ({ id }) => id === imageId);
  const image = items[0]?.value;
  return image === undefined ? without(notThere(said)) : { images: [image], notes: [], unwanted: [] };
}

/** The images of a post, those too that only the site's own pages show, where these may be asked. */
async function withUnlisted(
  said: string,
  postId: PostId,
  images: readonly Image[],
  { unofficial }: ResolveOptions,
): Promise<Pick<Found, 'images' | 'notes'>> {
  if (unofficial === undefined) return { images, notes: [] };
  const asked = await askUnofficial(said, () => unofficial.imagesOfPost(postId));
  if (asked.note !== undefined) return { images, notes: [asked.note] };
  const known = new Set(images.map(({ id }) => id));
  return { images: [...images, ...asked.value.filter(({ id }) => !known.has(id))], notes: [] };
}

interface Titled {
  readonly title?: string | undefined;
  readonly notes: readonly string[];
}

/** A site that does not answer this leaves the post its number; whether it is down its images find out. */
async function titleOf(
  said: string,
  postId: PostId,
  { client, unofficial }: ResolveOptions,
): Promise<Titled> {
  const title = await publicTitle(postId, client);
  if (title !== undefined || unofficial === undefined) return { title, notes: [] };
  const asked = await askUnofficial(`${said}: its title`, () => unofficial.postTitle(postId));
  return asked.note === undefined ? { title: asked.value, notes: [] } : { notes: [asked.note] };
}

async function publicTitle(postId: PostId, client: ResolveOptions['client']): Promise<string | undefined> {
  try {
    return await client.postTitle(postId);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return undefined;
  }
}

/** True when an image is not older than a date, or says nothing of its age. */
export function isSince({ createdAt }: Image, since: number | undefined): boolean {
  return since === undefined || createdAt === undefined || createdAt >= since;
}

function without(unwanted: Unwanted): Found {
  return { images: [], notes: [], unwanted: [unwanted] };
}

function noImages(said: string): Unwanted {
  const why = 'The site shows no image of this post: there is none, or they are not for everybody.';
  return { ...notThere(said, why), next: 'Widen --browsing-level, or set a key in CIVITAI_API_KEY.' };
}
