import { join } from 'node:path';
import { saveImages } from '../../catalog/image.ts';
import type { CivitaiClient } from '../../civitai/client.ts';
import { isMediaHost, originalUrl } from '../../civitai/media.ts';
import type { WalkEnd } from '../../civitai/paging.ts';
import type { Image } from '../../civitai/shapes/types.ts';
import type { Target } from '../../civitai/target.ts';
import type { Asked } from '../download/asked.ts';
import type { ResolveOptions } from '../download/resolver.ts';
import { notThere, unwantedBy } from '../download/unwanted.ts';
import type { Unwanted, Want, Wants } from '../download/want.ts';
import { imageFacts } from '../to-facts.ts';

/** Images of one target, as the site told of them. */
interface Found {
  readonly images: readonly Image[];
  readonly unwanted: readonly Unwanted[];
  readonly notes: readonly string[];
}

/** Images by their numbers, and all images of posts; what the site says of them is kept. */
export async function resolveImages(
  asked: readonly Asked[],
  options: ResolveOptions,
): Promise<Map<Asked, Wants>> {
  const outcomes = new Map<Asked, Wants>();
  for (const one of asked) {
    const { images, unwanted, notes } = await findOne(one, options);
    const { keepIn, clock } = options;
    if (keepIn !== undefined) await saveImages(keepIn, images.map(imageFacts), clock.now());
    const wants = images.map((image) => wantOfImage(image, options));
    outcomes.set(one, {
      wants: wants.filter((want) => want !== undefined),
      unwanted: [
        ...unwanted,
        ...images.flatMap((image, nth) => (wants[nth] === undefined ? [strange(image)] : [])),
      ],
      notes,
    });
  }
  return outcomes;
}

async function findOne(one: Asked, options: ResolveOptions): Promise<Found> {
  try {
    return await find(one.said, one.target, options);
  } catch (error) {
    return { images: [], notes: [], unwanted: [unwantedBy(error, one.said)] };
  }
}

async function find(said: string, target: Target, { client, choices }: ResolveOptions): Promise<Found> {
  if (target.kind === 'post') {
    const { postId } = target;
    const { items, end } = await allImages(client, { postId, sort: 'Oldest' });
    // A filter that the site drops gives the feed of everybody.
    const own = items.filter((image) => image.postId === postId);
    if (own.length === 0) return { images: [], notes: [], unwanted: [noImages(said)] };
    const fresh = own.filter(({ createdAt }) => createdAt === undefined || createdAt >= (choices.since ?? 0));
    const older = own.length - fresh.length;
    const notes = older > 0 ? [`${said}: ${older} of its images are older than the date asked for.`] : [];
    return { images: fresh, notes, unwanted: end === 'complete' ? [] : [brokenOff(said, end)] };
  }
  const imageId = 'imageId' in target ? target.imageId : undefined;
  if (imageId === undefined)
    return {
      images: [],
      notes: [],
      unwanted: [notThere(said, 'The address names a picture without its number.')],
    };
  const { items } = await allImages(client, { imageId });
  const image = items.find(({ id }) => id === imageId);
  return {
    images: image === undefined ? [] : [image],
    notes: [],
    unwanted: image === undefined ? [notThere(said)] : [],
  };
}

/** All images of a listing, each once. */
async function allImages(
  client: CivitaiClient,
  query: Parameters<CivitaiClient['images']>[0],
): Promise<{ readonly items: readonly Image[]; readonly end: WalkEnd }> {
  const found = new Map<number | string, Image>();
  const pages = client.images({ withMeta: true, flatMeta: true, ...query });
  for (;;) {
    const page = await pages.next();
    if (page.done === true) return { items: [...found.values()], end: page.value };
    for (const { value } of page.value.items) {
      const key = value.id ?? value.url;
      if (!found.has(key)) found.set(key, value);
    }
  }
}

/** An image goes to its post's folder, whichever way it was asked for. `undefined` when it can't be fetched. */
function wantOfImage(image: Image, { output, apiOrigin }: ResolveOptions): Want | undefined {
  const { id, postId, username } = image;
  const source = originalUrl(image.url);
  if (id === undefined || !isMediaHost(source, apiOrigin)) return undefined;
  return {
    kind: 'image',
    subject: String(id),
    title: `Image ${id}${username === undefined ? '' : ` by ${username.slice(0, 60)}`}`,
    source,
    output,
    folder: postId === undefined ? join(output, 'Images') : join(output, 'Posts', `Post_${postId}`),
    name: `${id}.${ENDINGS[image.media]}`,
    tellApart: [],
    modelId: undefined,
    versionId: undefined,
    size: undefined,
    sha256: undefined,
  };
}

/** Until the bytes say what they are. */
const ENDINGS = { image: 'jpeg', video: 'mp4', audio: 'mp3' } as const;

function noImages(said: string): Unwanted {
  const why = 'The site shows no image of this post: there is none, or they are not for everybody.';
  return { ...notThere(said, why), next: 'Widen --browsing-level, or set a key in CIVITAI_API_KEY.' };
}

function brokenOff(said: string, end: WalkEnd): Unwanted {
  return {
    what: said,
    state: 'failed',
    code: 'listing-broken',
    why: `The site's list of its images went in circles (${end}); what it showed was taken.`,
    next: 'Run the same command again later: what is held is not fetched again.',
  };
}

function strange(image: Image): Unwanted {
  return {
    what: `image ${image.id ?? image.url.slice(0, 200)}`,
    state: 'refused',
    code: 'strange-address',
    why: 'The site names an address for it that is none of its image hosts.',
    next: 'Nothing was asked there.',
  };
}
