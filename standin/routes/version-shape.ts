import type { Ask } from '../route.ts';
import type { World, WorldImage, WorldModel, WorldVersion } from '../world/types.ts';
import { airOf } from './air.ts';
import { iso, linkedVae, publicFiles, versionFile } from './file-shape.ts';
import { imageUrl } from './links.ts';

/** True while the version has to be paid for. */
export function paidAccess(
  version: WorldVersion,
  now: number,
): { permanent: boolean; endsAt: string | null } | null {
  if (version.earlyAccessUntil === null || version.earlyAccessUntil <= now) return null;
  return { permanent: false, endsAt: iso(version.earlyAccessUntil) };
}

export interface VersionShape {
  /** Append the linked VAE's file: by id yes, by hash no. */
  readonly vae: boolean;
  /** Dates of scans lose their zone by id. */
  readonly bareDates: boolean;
  /** Origin of download links; the batch endpoint gets it wrong. */
  readonly linkOrigin: string;
}

/** A version as /model-versions and by-hash tell it. */
export function versionShape(
  ask: Ask,
  model: WorldModel,
  version: WorldVersion,
  shape: VersionShape,
): Record<string, unknown> {
  const { world, now } = ask;
  const stats = world.versionStats(version.id, now);
  const files = [...publicFiles(version, true), ...(shape.vae ? linkedVae(world, version) : [])];
  const archived = model.mode === 'Archived';
  const primary = files.find((file) => file.primary) ?? files[0];
  return {
    id: version.id,
    modelId: model.id,
    name: version.name,
    nsfwLevel: version.nsfwLevel,
    createdAt: iso(version.createdAt),
    updatedAt: iso(version.updatedAt),
    status: version.status,
    publishedAt: iso(version.publishedAt),
    trainedWords: version.trainedWords,
    trainingStatus: version.uploadType === 'Trained' ? 'Approved' : null,
    trainingDetails:
      version.uploadType === 'Trained'
        ? { type: 'Style', baseModel: 'sdxl', params: { unetLR: 0.0005 } }
        : null,
    baseModel: version.baseModel,
    baseModelType: version.baseModelType,
    description: version.description,
    uploadType: version.uploadType,
    usageControl: version.usageControl,
    licensingFee: null,
    paidAccess: paidAccess(version, now),
    air: airOf(model, version),
    stats: {
      downloadCount: model.statsHidden ? null : stats.downloadCount,
      thumbsUpCount: stats.thumbsUpCount,
    },
    model: {
      name: model.name,
      type: model.type,
      nsfw: model.nsfw,
      poi: model.poi,
      ...(model.mode === null ? {} : { mode: model.mode }),
    },
    files: files.map((file) => versionFile(world, shape.linkOrigin, file, shape.bareDates)),
    images: versionImages(world, ask.origin, version),
    ...(archived || primary === undefined
      ? {}
      : { downloadUrl: `${shape.linkOrigin}/api/download/models/${version.id}` }),
  };
}

function versionImages(world: World, origin: string, version: WorldVersion): unknown[] {
  const rated = world.imagesOf(version.id).filter((image) => image.nsfwLevel !== 0);
  return rated.slice(0, 10).map((image) => versionImage(origin, image));
}

/** No id here: it is in the link alone. */
function versionImage(origin: string, image: WorldImage): Record<string, unknown> {
  return {
    url: imageUrl(origin, image, image.id),
    nsfwLevel: image.nsfwLevel,
    width: image.width,
    height: image.height,
    hash: image.blurhash,
    type: image.type,
    metadata: { hash: image.blurhash, width: image.width, height: image.height },
    minor: image.minor,
    poi: image.poi,
    availability: 'Public',
    meta: image.meta,
    hasMeta: image.hasMeta,
    hasPositivePrompt: image.meta?.['prompt'] !== undefined,
    onSite: image.meta?.['civitaiResources'] !== undefined,
    remixOfId: null,
  };
}
