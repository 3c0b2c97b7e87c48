import { z } from 'zod';
import type { ImageId, PostId, VersionId } from '../../base/ids.ts';
import { levelOf, strongestLevel } from '../levels.ts';
import { parseMediaUrl } from '../media.ts';
import { readGeneration } from './generation.ts';
import { date, given, idOf, natural, word } from './lenient.ts';
import type { Image } from './types.ts';

const ImageShape = z.object({
  id: given,
  url: word,
  type: word,
  width: natural,
  height: natural,
  browsingLevel: given,
  nsfwLevel: given,
  nsfw: given,
  hash: word,
  postId: given,
  username: word,
  createdAt: date,
  modelVersionIds: given,
  meta: given,
});

/** Reads an image of a version or of the feed; `undefined` when it has no address. */
export function readImage(value: unknown): Image | undefined {
  const parsed = ImageShape.safeParse(value);
  if (!parsed.success || parsed.data.url === undefined) return undefined;
  const { data } = parsed;
  const url = parsed.data.url;
  const address = parseMediaUrl(url);
  return {
    id: idOf<ImageId>(data.id) ?? address?.imageId,
    uuid: address?.uuid,
    url,
    media: mediaOf(data.type, url),
    width: positive(data.width),
    height: positive(data.height),
    nsfwLevel: readLevel(data),
    blurhash: data.hash,
    postId: idOf<PostId>(data.postId),
    // "unknown" stands for a missing user.
    username: data.username === 'unknown' ? undefined : data.username,
    createdAt: data.createdAt,
    versionIds: idsOf(data.modelVersionIds),
    meta: readGeneration(data.meta),
  };
}

/** More versions than these make no image. */
const MOST_VERSIONS = 200;

function idsOf(value: unknown): VersionId[] {
  const ids = Array.isArray(value) ? value.slice(0, MOST_VERSIONS) : [];
  return [...new Set(ids.flatMap((id) => idOf<VersionId>(id) ?? []))];
}

/** `browsingLevel` is the exact one; `nsfwLevel` is bits or an old name; `nsfw` a flag or an old name. */
function readLevel(data: { browsingLevel?: unknown; nsfwLevel?: unknown; nsfw?: unknown }): number {
  const bits = levelOf(data.browsingLevel) ?? levelOf(data.nsfwLevel) ?? levelOf(data.nsfw) ?? 0;
  return strongestLevel(bits);
}

/** 0 stands for "not known" with videos and audio. */
function positive(pixels: number | undefined): number | undefined {
  return pixels === 0 ? undefined : pixels;
}

function mediaOf(type: string | undefined, url: string): Image['media'] {
  if (type === 'image' || type === 'video' || type === 'audio') return type;
  if (/\.(?:mp4|webm|mov)(?:$|[?#])/i.test(url)) return 'video';
  return /\.(?:mp3|wav|ogg|flac)(?:$|[?#])/i.test(url) ? 'audio' : 'image';
}
