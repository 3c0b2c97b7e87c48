import { join } from 'node:path';
import { saveImages } from '../../catalog/image.ts';
import { isMediaHost, originalUrl } from '../../civitai/media.ts';
import type { Image } from '../../civitai/shapes/types.ts';
import type { ResolveOptions } from '../download/resolver.ts';
import type { Belonging, Unwanted, Want } from '../download/want.ts';
import { imageFacts } from '../to-facts.ts';

/** Until the bytes say what they are. */
const ENDINGS = { image: 'jpeg', video: 'mp4', audio: 'mp3' } as const;

/** What images come to: those to be brought, and those that can't be fetched. */
interface ImageWants {
  readonly wants: readonly Want[];
  readonly unwanted: readonly Unwanted[];
}

/** Keeps what the site says of images, and makes wants of them. */
export async function imageWants(
  images: readonly Image[],
  options: ResolveOptions,
  belongs: (image: Image) => Belonging = asWork,
): Promise<ImageWants> {
  const { keepIn, clock } = options;
  if (keepIn !== undefined) await saveImages(keepIn, images.map(imageFacts), clock.now());
  return wantsOfImages(images, options, belongs);
}

/** Makes wants of images; what can't be fetched is told. */
export function wantsOfImages(
  images: readonly Image[],
  options: ResolveOptions,
  belongs: (image: Image) => Belonging = asWork,
): ImageWants {
  const wants: Want[] = [];
  const unwanted: Unwanted[] = [];
  for (const image of images) {
    const want = wantOf(image, options, belongs(image));
    if (want === undefined) unwanted.push(strange(image));
    else wants.push(want);
  }
  return { wants, unwanted };
}

/** One of all that somebody made. */
function asWork({ id, postId, username, versionIds }: Image): Belonging {
  return { kind: 'work', imageId: id ?? 0, postId, versionIds, creator: username };
}

/** An image goes to its post's folder, whichever way it was asked for. `undefined` when it can't be fetched. */
function wantOf(image: Image, { output, apiOrigin }: ResolveOptions, belongs: Belonging): Want | undefined {
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
    belongs,
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
