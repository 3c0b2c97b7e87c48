/** Facts for tests: whole and plausible, with only what a test is about spelled out. */
import type { ImageFacts, ModelFacts, VersionFacts, VersionFileFacts } from './facts.ts';

const NO_COUNTERS = {
  downloads: undefined,
  thumbsUp: undefined,
  thumbsDown: undefined,
  comments: undefined,
  tipped: undefined,
  rating: undefined,
  ratingCount: undefined,
  favorites: undefined,
};

/** A model of which the answer says little. */
export function modelFacts(
  given: Partial<Omit<ModelFacts, 'stats'>> & { stats?: Partial<ModelFacts['stats']> } = {},
): ModelFacts {
  return {
    id: 1,
    name: 'Ink Wash',
    type: 'LORA',
    description: undefined,
    creator: undefined,
    tags: undefined,
    nsfw: false,
    nsfwLevel: undefined,
    poi: undefined,
    minor: undefined,
    mode: undefined,
    availability: undefined,
    allowNoCredit: undefined,
    allowDerivatives: undefined,
    allowDifferentLicense: undefined,
    commercialUse: undefined,
    ...given,
    stats: { ...NO_COUNTERS, ...given.stats },
  };
}

/** A version of which the answer says little. */
export function versionFacts(given: Partial<VersionFacts> = {}): VersionFacts {
  return {
    id: 10,
    modelId: 1,
    name: 'v1',
    position: undefined,
    baseModel: undefined,
    baseModelType: undefined,
    description: undefined,
    trainedWords: [],
    nsfwLevel: undefined,
    air: undefined,
    status: undefined,
    availability: undefined,
    usageControl: undefined,
    publishedAt: undefined,
    createdAt: undefined,
    updatedAt: undefined,
    earlyAccessUntil: undefined,
    downloads: undefined,
    thumbsUp: undefined,
    thumbsDown: undefined,
    files: undefined,
    images: undefined,
    ...given,
  };
}

/** A scanned safetensors file. */
export function versionFileFacts(given: Partial<VersionFileFacts> = {}): VersionFileFacts {
  return {
    id: 100,
    name: 'ink.safetensors',
    type: 'Model',
    sizeBytes: 1000,
    format: 'SafeTensor',
    precision: undefined,
    extent: undefined,
    quant: undefined,
    primary: true,
    pickleScan: undefined,
    virusScan: undefined,
    scannedAt: undefined,
    hashes: {},
    ...given,
  };
}

/** A picture. */
export function imageFacts(given: Partial<ImageFacts> = {}): ImageFacts {
  return {
    id: undefined,
    uuid: undefined,
    url: 'https://image.example/a.jpeg',
    media: 'image',
    width: 512,
    height: 768,
    nsfwLevel: 1,
    blurhash: undefined,
    postId: undefined,
    username: undefined,
    createdAt: undefined,
    generation: undefined,
    ...given,
  };
}
