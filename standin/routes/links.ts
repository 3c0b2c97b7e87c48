import type { WorldFile, WorldImage } from '../world/types.ts';

/** The account part of every address of the image CDN. */
export const CDN_ACCOUNT = 'xG1nkqKTMzGDvpLrqFT7WA';

/** The original of an image; `name` is free text, the image's id or its uuid as the endpoint likes. */
export function imageUrl(
  origin: string,
  image: Pick<WorldImage, 'uuid' | 'type'>,
  name: string | number,
): string {
  return cdnUrl(origin, image.uuid, 'original=true', `${name}.${image.type === 'video' ? 'mp4' : 'jpeg'}`);
}

export function cdnUrl(origin: string, uuid: string, params: string, name: string): string {
  return `${origin}/${CDN_ACCOUNT}/${uuid}/${params}/${name}`;
}

/** A creator's picture as listings tell it: addresses elsewhere are passed through. */
export function avatarUrl(origin: string, image: string | null): string | null {
  if (image === null || image.includes(':')) return image;
  return cdnUrl(origin, image, 'width=96', `${image}.jpeg`);
}

/** The link of a version's primary file, or of another file by what tells it apart. */
export function downloadUrl(origin: string, file: WorldFile): string {
  const url = new URL(`${origin}/api/download/models/${file.versionId}`);
  if (file.primary) return url.href;
  url.searchParams.set('type', file.type);
  url.searchParams.set('format', file.format);
  if (file.extent !== null) url.searchParams.set('size', file.extent);
  if (file.fp !== null) url.searchParams.set('fp', file.fp);
  return url.href.replaceAll('+', '%20');
}
