import type {
  Counters,
  GenerationFacts,
  ImageFacts,
  ModelFacts,
  VersionFacts,
  VersionFileFacts,
} from '../catalog/facts.ts';
import type { File, Generation, Image, Model, Stats, Version } from '../civitai/shapes/types.ts';

/** A model answer in the catalog's words. */
export function modelFacts(model: Model): ModelFacts {
  return {
    id: model.id,
    name: model.name,
    type: model.type,
    description: model.description,
    creator: model.creator,
    tags: model.tags,
    nsfw: model.nsfw,
    nsfwLevel: model.nsfwLevel,
    poi: model.poi,
    minor: model.minor,
    // Absent means none here: an archived model that is opened again must not stay archived.
    mode: model.mode ?? null,
    availability: model.availability,
    allowNoCredit: model.allowNoCredit,
    allowDerivatives: model.allowDerivatives,
    allowDifferentLicense: model.allowDifferentLicense,
    commercialUse: model.allowCommercialUse,
    stats: counters(model.stats),
  };
}

/** What a version answer says of its model: little, and nothing when it names none. */
export function shortModelFacts(version: Version): ModelFacts[] {
  if (version.model === undefined || version.modelId === undefined) return [];
  const silent = {
    description: undefined,
    creator: undefined,
    tags: undefined,
    nsfwLevel: undefined,
    minor: undefined,
    availability: undefined,
  };
  const licence = {
    allowNoCredit: undefined,
    allowDerivatives: undefined,
    allowDifferentLicense: undefined,
    commercialUse: undefined,
  };
  const { name, type, nsfw, poi, mode } = version.model;
  return [
    {
      id: version.modelId,
      name,
      type,
      nsfw,
      poi,
      mode: mode ?? null,
      ...silent,
      ...licence,
      stats: NO_COUNTERS,
    },
  ];
}

const NO_COUNTERS: Counters = {
  downloads: undefined,
  thumbsUp: undefined,
  thumbsDown: undefined,
  comments: undefined,
  tipped: undefined,
  rating: undefined,
  ratingCount: undefined,
  favorites: undefined,
};

/** A version answer in the catalog's words; `modelId` when the answer itself did not name its model. */
export function versionFacts(
  version: Version,
  modelId: number,
  options: { readonly ordered: boolean; readonly filesComplete: boolean },
): VersionFacts {
  return {
    id: version.id,
    modelId: version.modelId ?? modelId,
    name: version.name,
    position: options.ordered ? version.index : undefined,
    baseModel: version.baseModel,
    baseModelType: version.baseModelType,
    description: version.description,
    trainedWords: version.trainedWords,
    nsfwLevel: version.nsfwLevel,
    air: version.air,
    status: version.status,
    availability: version.availability,
    usageControl: version.usageControl,
    publishedAt: version.publishedAt,
    createdAt: version.createdAt,
    updatedAt: version.updatedAt,
    earlyAccessUntil: version.earlyAccessUntil,
    downloads: version.stats.downloadCount,
    thumbsUp: version.stats.thumbsUpCount,
    thumbsDown: version.stats.thumbsDownCount,
    files: version.files?.map(fileFacts),
    filesComplete: options.filesComplete,
    images: version.images?.map(imageFacts),
  };
}

function fileFacts(file: File): VersionFileFacts {
  return {
    id: file.id,
    name: file.name,
    type: file.type,
    sizeBytes: file.size,
    format: file.format,
    precision: file.fp,
    extent: file.extent,
    quant: file.quantType,
    primary: file.primary,
    pickleScan: file.pickleScanResult,
    virusScan: file.virusScanResult,
    scannedAt: file.scannedAt,
    hashes: file.hashes,
  };
}

/** An image in the catalog's words. */
export function imageFacts(image: Image): ImageFacts {
  return { ...image, generation: image.meta === undefined ? undefined : generationFacts(image.meta) };
}

/** How an image was made, in the catalog's words. */
export function generationFacts(meta: Generation): GenerationFacts {
  return {
    prompt: meta.prompt,
    negative: meta.negativePrompt,
    seed: meta.seed,
    steps: meta.steps,
    cfg: meta.cfgScale,
    sampler: meta.sampler,
    model: meta.model,
    settings: meta.all,
  };
}

function counters(stats: Stats): Counters {
  return {
    downloads: stats.downloadCount,
    thumbsUp: stats.thumbsUpCount,
    thumbsDown: stats.thumbsDownCount,
    comments: stats.commentCount,
    tipped: stats.tippedAmountCount,
    rating: stats.rating,
    ratingCount: stats.ratingCount,
    favorites: stats.favoriteCount,
  };
}
