import type { Gallery } from '../pictures/gallery-shape.ts';
import type { Picture } from '../pictures/draw.ts';
import type { Answer, Ask, Route } from '../route.ts';
import { AVATAR_IDS } from '../world/creators.ts';
import type { WorldImage } from '../world/types.ts';
import { idOfUuid } from '../world/uuid.ts';
import { CDN_ACCOUNT } from './links.ts';

export interface MediaOptions {
  readonly gallery: Gallery;
  /** Answer the CDN's addresses with a redirect to the store behind it, as the site does since 2026. */
  readonly redirect: boolean;
}

/** The image CDN and the store behind it. */
export function mediaRoutes(options: MediaOptions): Route[] {
  const store = '/file/civitai-media-cache/:uuid/:variant';
  return [
    cdn(`/${CDN_ACCOUNT}/:uuid/:params/:name`, options),
    cdn(`/${CDN_ACCOUNT}/:uuid/:params`, options),
    {
      method: 'GET',
      pattern: store,
      endpoint: 'media',
      access: 'none',
      respond: (ask) => picture(ask, options.gallery, widthOfVariant(ask.params['variant'] ?? '')),
    },
  ];
}

function cdn(pattern: string, options: MediaOptions): Route {
  return {
    method: 'GET',
    pattern,
    endpoint: 'media',
    access: 'none',
    respond(ask) {
      const width = widthOf(ask.params['params'] ?? '');
      if (!options.redirect) return picture(ask, options.gallery, width);
      const variant = width === undefined ? 'original' : `${width}x<auto>_so`;
      const location = `${ask.origin}/file/civitai-media-cache/${ask.params['uuid']}/${encodeURIComponent(variant)}`;
      return { status: 302, headers: { location, 'cache-control': 'public, max-age=3600' } };
    },
  };
}

const STEPS = [96, 320, 450, 512, 800, 1200, 1600] as const;

/** Width in pixels that `width=…` asks for, snapped upward; `undefined` for the original. */
function widthOf(params: string): number | undefined {
  const asked = /(?:^|,)width=(\d{1,5})/.exec(params)?.[1];
  if (asked === undefined || /(?:^|,)original=true/.test(params)) {
    // A still of a film is a reduced form whatever else is asked.
    return params.includes('anim=false') ? 1800 : undefined;
  }
  return STEPS.find((step) => step >= Number(asked)) ?? 1800;
}

function widthOfVariant(variant: string): number | undefined {
  const width = /^(\d{1,5})x/.exec(variant)?.[1];
  return width === undefined ? undefined : Number(width);
}

async function picture(ask: Ask, gallery: Gallery, width: number | undefined): Promise<Answer> {
  const uuid = ask.params['uuid'] ?? '';
  const image = ask.world.imageByUuid(uuid);
  const made = image === undefined ? await avatar(ask, gallery, uuid) : await ofImage(gallery, image, width);
  if (made === undefined) return { status: 404, text: 'Not found' };
  return {
    status: 200,
    headers: { 'content-type': made.type, 'cache-control': 'public, max-age=31536000, immutable' },
    bytes: made.bytes,
    ...(made.tail === undefined ? {} : { tail: made.tail }),
  };
}

function ofImage(gallery: Gallery, image: WorldImage, width: number | undefined): Promise<Picture> {
  return width === undefined ? gallery.original(image) : gallery.reduced(image, width);
}

async function avatar(ask: Ask, gallery: Gallery, uuid: string): Promise<Picture | undefined> {
  const id = idOfUuid(ask.world.seed, uuid);
  if (id === undefined || ask.world.creator(id - AVATAR_IDS)?.image !== uuid) return undefined;
  return gallery.reduced({ id, width: 96, height: 96 }, 96);
}
