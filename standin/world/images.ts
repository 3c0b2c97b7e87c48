import { generationOf } from './generation.ts';
import { hash32, random } from './random.ts';
import type { Random } from './random.ts';
import type { WorldImage } from './types.ts';
import { uuidOf } from './uuid.ts';

/** What a picture needs from whoever places it: a preview from its version, a feed image from its index. */
export interface ImagePlan {
  readonly seed: number;
  readonly id: number;
  readonly nsfwLevel: number;
  readonly postId: number;
  readonly creatorId: number;
  readonly createdAt: number;
  readonly versionIds: readonly number[];
  readonly model: { readonly name: string; readonly autoV2: string } | undefined;
  readonly video: boolean;
  readonly minor: boolean;
  readonly poi: boolean;
  readonly hostile: boolean;
  readonly tags: number;
}

const SIZES = [[512, 768], [576, 832], [512, 768], [640, 960], [512, 768], [576, 864], [768, 512], [640, 640]] as const; // prettier-ignore

/** An image's facts. Everything follows from seed and id but what the plan says. */
export function makeImage(plan: ImagePlan): WorldImage {
  const chance = random(plan.seed, 'image', plan.id);
  const [width, height] = chance.pick(SIZES);
  const format = plan.video ? 'mp4' : chance.pick(['jpeg', 'jpeg', 'jpeg', 'png', 'png', 'webp'] as const);
  const hasMeta = !plan.video && (plan.hostile || chance.chance(0.8));
  const hidden = !plan.hostile && chance.chance(0.1);
  const meta = hasMeta && !hidden ? generationOf({ ...plan, imageId: plan.id, width, height }) : null;
  return {
    id: plan.id,
    uuid: uuidOf(plan.seed, plan.id),
    type: plan.video ? 'video' : 'image',
    width,
    height,
    blurhash: plan.video ? null : blurhash(chance),
    nsfwLevel: plan.nsfwLevel,
    minor: plan.minor,
    poi: plan.poi,
    postId: plan.postId,
    creatorId: plan.creatorId,
    createdAt: plan.createdAt,
    modelVersionIds: plan.versionIds,
    format,
    carrier: meta === null ? 'none' : carrierOf(chance, format),
    meta,
    hasMeta,
    tagIds: tagIds(plan),
  };
}

function carrierOf(chance: Random, format: WorldImage['format']): WorldImage['carrier'] {
  if (format === 'mp4') return 'none';
  if (format === 'png') return chance.pick(['png-text', 'png-itxt', 'comfy'] as const);
  return chance.pick(['exif-be', 'exif-be', 'exif-le', 'none'] as const);
}

/** BlurHash of 1×1 components: one flat colour, which is a valid hash. */
function blurhash(chance: Random): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~';
  let colour = chance.int(0, 0xff_ffff);
  let text = '';
  for (let place = 0; place < 4; place += 1) {
    text = (digits[colour % 83] ?? '0') + text;
    colour = Math.floor(colour / 83);
  }
  return `00${text}`;
}

function tagIds(plan: ImagePlan): number[] {
  if (plan.tags === 0) return [];
  const count = 3 + (hash32(plan.seed, plan.id, 'tags') % 5);
  const ids = new Set<number>();
  for (let at = 0; at < count; at += 1) ids.add(1 + (hash32(plan.seed, plan.id, at, 'tag') % plan.tags));
  return [...ids];
}
