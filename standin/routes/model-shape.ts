import type { Ask } from '../route.ts';
import type { ModelStats, World, WorldImage, WorldModel, WorldVersion } from '../world/types.ts';
import { iso, linkedVae, listFile, publicFiles } from './file-shape.ts';
import { avatarUrl, imageUrl } from './links.ts';
import { paidAccess } from './version-shape.ts';

export interface ModelShape {
  /** Bits of the images to show. */
  readonly level: number;
  readonly primaryFileOnly: boolean;
  /** The by-id form: empty keys dropped, more dates, images without id, licence as a list. */
  readonly detail: boolean;
}

/** Versions that a listing shows: published and with a file row of whatever visibility. */
export function listedVersions(model: WorldModel): WorldVersion[] {
  return model.versions.filter((version) => version.status === 'Published' && version.files.length > 0);
}

/** A model as /models and /models/{id} tell it. */
export function modelShape(ask: Ask, model: WorldModel, shape: ModelShape): Record<string, unknown> {
  const { world } = ask;
  const published = model.versions.filter((version) => version.status === 'Published');
  const versions = shape.detail ? published : listedVersions(model);
  const creator = world.creator(model.creatorId);
  const told = versions.map((version) => versionInModel(ask, model, version, shape));
  return {
    id: model.id,
    name: model.name,
    description: model.description,
    allowNoCredit: model.allowNoCredit,
    allowCommercialUse: shape.detail ? model.allowCommercialUse : `{${model.allowCommercialUse.join(',')}}`,
    allowDerivatives: model.allowDerivatives,
    allowDifferentLicense: model.allowDifferentLicense,
    type: model.type,
    minor: model.minor,
    sfwOnly: model.sfwOnly,
    poi: model.poi,
    nsfw: model.nsfw,
    nsfwLevel: model.nsfwLevel,
    availability: model.availability,
    baseModels: [...new Set(versions.map((version) => version.baseModel))],
    cosmetic: null,
    supportsGeneration: model.supportsGeneration,
    ...(shape.detail ? {} : { userId: model.creatorId }),
    ...(model.mode === null ? {} : { mode: model.mode }),
    stats: hideStats(world.modelStats(model.id, ask.now), model.statsHidden),
    ...(creator === undefined || creator.system
      ? {}
      : { creator: { username: creator.username, image: avatarUrl(ask.origin, creator.image) } }),
    tags: model.tags,
    modelVersions: shape.detail ? told.map(dropEmpty) : told,
  };
}

/** The counters that a creator may hide become null. */
function hideStats(stats: ModelStats, hidden: boolean): Record<string, number | null> {
  return hidden ? { ...stats, downloadCount: null, tippedAmountCount: null } : { ...stats };
}

function versionInModel(
  ask: Ask,
  model: WorldModel,
  version: WorldVersion,
  shape: ModelShape,
): Record<string, unknown> {
  const { downloadCount, thumbsUpCount, thumbsDownCount } = ask.world.versionStats(version.id, ask.now);
  const paid = paidAccess(version, ask.now);
  const archived = model.mode === 'Archived';
  return {
    id: version.id,
    index: version.index,
    name: version.name,
    baseModel: version.baseModel,
    baseModelType: version.baseModelType,
    publishedAt: iso(version.publishedAt),
    flags: 0,
    availability: version.availability,
    nsfwLevel: version.nsfwLevel,
    description: version.description,
    trainedWords: version.trainedWords,
    vaeId: version.vaeId,
    ...(paid === null ? {} : { earlyAccessDeadline: paid.endsAt }),
    paidAccess: paid,
    ...(shape.detail ? detailOf(model, version) : { supportsGeneration: model.supportsGeneration }),
    stats: { downloadCount: model.statsHidden ? null : downloadCount, thumbsUpCount, thumbsDownCount },
    files: archived ? [] : filesOf(ask, version, shape.primaryFileOnly),
    images: model.mode === 'TakenDown' ? [] : imagesOf(ask.world, ask.origin, version, shape),
    ...(archived || version.files.length === 0
      ? {}
      : { downloadUrl: `${ask.origin}/api/download/models/${version.id}` }),
  };
}

function detailOf(model: WorldModel, version: WorldVersion): Record<string, unknown> {
  return {
    createdAt: iso(version.createdAt),
    status: version.status,
    trainingStatus: version.uploadType === 'Trained' ? 'Approved' : null,
    covered: model.supportsGeneration,
  };
}

function filesOf(ask: Ask, version: WorldVersion, primaryOnly: boolean): unknown[] {
  const files = publicFiles(version, false);
  const wanted = primaryOnly
    ? files.filter((file) => file.primary)
    : [...files, ...linkedVae(ask.world, version)];
  return wanted.map((file) => listFile(ask.world, ask.origin, file));
}

function imagesOf(world: World, origin: string, version: WorldVersion, shape: ModelShape): unknown[] {
  const shown = world.imagesOf(version.id).filter((image) => (image.nsfwLevel & shape.level) !== 0);
  return shown.slice(0, 20).map((image) => imageInModel(origin, image, !shape.detail));
}

function imageInModel(origin: string, image: WorldImage, withId: boolean): Record<string, unknown> {
  return {
    ...(withId ? { id: image.id } : {}),
    url: imageUrl(origin, image, image.id),
    nsfwLevel: image.nsfwLevel,
    width: image.width,
    height: image.height,
    hash: image.blurhash,
    type: image.type,
    minor: image.minor,
    poi: image.poi,
    hasMeta: image.hasMeta,
    hasPositivePrompt: image.meta?.['prompt'] !== undefined,
    onSite: image.meta?.['civitaiResources'] !== undefined,
    remixOfId: null,
  };
}

/** Null fields and empty lists are absent keys. */
function dropEmpty(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([, inner]) => inner !== null && !(Array.isArray(inner) && inner.length === 0),
    ),
  );
}
