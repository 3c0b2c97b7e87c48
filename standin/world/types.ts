/**
 * A made-up Civitai, computed from a seed: what exists, not how it is told (that is the routes' work). Times are epoch
 * ms of the world's own clock. Ids ascend with the time things were made, with gaps, as on the site.
 */

export interface WorldCreator {
  readonly id: number;
  /** `null` for a deleted user. */
  readonly username: string | null;
  /** A CDN uuid, an absolute address, or `null`. */
  readonly image: string | null;
  /** The user "civitai", whose models are listed without creator. */
  readonly system: boolean;
}

export type HashType = 'AutoV1' | 'AutoV2' | 'AutoV3' | 'SHA256' | 'CRC32' | 'BLAKE3';

export interface WorldFile {
  readonly id: number;
  readonly versionId: number;
  readonly modelId: number;
  readonly name: string;
  readonly overrideName: string | null;
  readonly type: string;
  readonly format: string;
  readonly fp: string | null;
  readonly extent: 'full' | 'pruned' | null;
  readonly quantType: string | null;
  readonly primary: boolean;
  readonly visibility: 'Public' | 'Private' | 'Sensitive';
  /** Listed by version answers only, not by model answers. */
  readonly superseded: boolean;
  readonly scan: 'Success' | 'Pending' | 'Error' | 'Danger';
  readonly scanMessage: string | null;
  readonly scannedAt: number | null;
  /** AutoV3 as older scanners stored it (64 digits) or as today (12). */
  readonly autoV3Digits: 12 | 64;
  /** Names the bytes: files with one key have identical bytes, and so identical hashes. */
  readonly contentKey: string;
}

export interface WorldImage {
  readonly id: number;
  readonly uuid: string;
  readonly type: 'image' | 'video';
  readonly width: number;
  readonly height: number;
  readonly blurhash: string | null;
  /** One bit of 1 2 4 8 16; 0 when not yet rated. */
  readonly nsfwLevel: number;
  readonly minor: boolean;
  readonly poi: boolean;
  readonly postId: number;
  readonly creatorId: number;
  readonly createdAt: number;
  /** Versions used to make it; the first is the one its post belongs to. */
  readonly modelVersionIds: readonly number[];
  /** Real format of the bytes, whatever the link's extension says. */
  readonly format: 'png' | 'jpeg' | 'webp' | 'mp4';
  /** Where the generation data lie in the bytes. */
  readonly carrier: 'png-text' | 'png-itxt' | 'exif-be' | 'exif-le' | 'comfy' | 'none';
  /** `null`: no generation data, or the author hides them. */
  readonly meta: Readonly<Record<string, unknown>> | null;
  readonly hasMeta: boolean;
  readonly tagIds: readonly number[];
}

export interface WorldVersion {
  readonly id: number;
  readonly modelId: number;
  readonly index: number;
  readonly name: string;
  readonly description: string | null;
  readonly baseModel: string;
  readonly baseModelType: string | null;
  readonly status: 'Published' | 'Draft' | 'Unpublished';
  readonly availability: string;
  readonly usageControl: 'Download' | 'Generation' | 'InternalGeneration';
  readonly nsfwLevel: number;
  readonly trainedWords: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly publishedAt: number | null;
  /** Paid until then; `null` when free. */
  readonly earlyAccessUntil: number | null;
  readonly uploadType: 'Created' | 'Trained';
  readonly vaeId: number | null;
  /** Needs a signed-in user to be downloaded. */
  readonly requireAuth: boolean;
  readonly files: readonly WorldFile[];
}

export interface WorldModel {
  readonly id: number;
  readonly creatorId: number;
  readonly name: string;
  readonly description: string | null;
  readonly type: string;
  readonly checkpointType: 'Trained' | 'Merge' | null;
  readonly status: 'Published' | 'Unpublished' | 'Deleted';
  readonly availability: 'Public' | 'Private' | 'Unsearchable';
  readonly mode: 'Archived' | 'TakenDown' | null;
  readonly nsfw: boolean;
  /** Bit-or of the versions' levels; 0 when unrated. */
  readonly nsfwLevel: number;
  readonly minor: boolean;
  readonly poi: boolean;
  readonly sfwOnly: boolean;
  readonly allowNoCredit: boolean;
  readonly allowDerivatives: boolean;
  readonly allowDifferentLicense: boolean;
  readonly allowCommercialUse: readonly string[];
  readonly supportsGeneration: boolean;
  /** The creator hides download and tip counts: they are told as null. */
  readonly statsHidden: boolean;
  readonly tags: readonly string[];
  readonly createdAt: number;
  readonly publishedAt: number;
  /** Newest first, as the site orders them. */
  readonly versions: readonly WorldVersion[];
}

export interface WorldTag {
  readonly id: number;
  readonly name: string;
}

export interface ModelStats {
  readonly downloadCount: number;
  readonly thumbsUpCount: number;
  readonly thumbsDownCount: number;
  readonly commentCount: number;
  readonly tippedAmountCount: number;
}

export interface ImageStats {
  readonly cryCount: number;
  readonly laughCount: number;
  readonly likeCount: number;
  readonly dislikeCount: number;
  readonly heartCount: number;
  readonly commentCount: number;
}

/**
 * The image feed: every index from 0 (oldest) computed when asked for, so that a million cost nothing. New images are
 * born while the clock runs. Previews of versions are images too but stand outside the feed's indexes.
 */
export interface WorldFeed {
  /** How many exist at `now`; their indexes are 0 … count-1, ordered by time. */
  count(now: number): number;
  at(index: number): WorldImage;
  /** -1 when the id is not a feed image. */
  indexOf(imageId: number): number;
  createdAt(index: number): number;
  /** The level alone, without building the image. */
  levelAt(index: number): number;
  /** Counters at `now`, without building the image. */
  statsAt(index: number, now: number): ImageStats;
  /** Sum of the reactions at `now`; the cheap key of "Most Reactions". */
  reactionsAt(index: number, now: number): number;
  /** Indexes of one post's, version's or creator's feed images, ascending. */
  ofPost(postId: number, now: number): number[];
  ofVersion(versionId: number, now: number): number[];
  ofCreator(creatorId: number, now: number): number[];
}

/** Changes made to a running world, for tests of updates; reset by `undoChanges`. */
export interface WorldChanges {
  /** Replaces fields of a model; its versions are matched by id. */
  patchModel(modelId: number, patch: Partial<Omit<WorldModel, 'id' | 'versions'>>): void;
  patchVersion(versionId: number, patch: Partial<Omit<WorldVersion, 'id' | 'modelId' | 'files'>>): void;
  /** Adds a new version on top of the model's list, with files of its own. */
  publishVersion(modelId: number, name: string): WorldVersion;
  /** The model and all its versions answer 404 from now on. */
  removeModel(modelId: number): void;
  removeVersion(versionId: number): void;
  undoChanges(): void;
}

export interface World {
  readonly seed: number;
  /** Epoch ms at which the world was made; the feed's first `images` were born before it. */
  readonly startedAt: number;
  model(id: number): WorldModel | undefined;
  version(id: number): WorldVersion | undefined;
  /** The model of a version, also when the version is not published. */
  modelOf(versionId: number): WorldModel | undefined;
  file(id: number): WorldFile | undefined;
  /** Previews and feed images. */
  image(id: number): WorldImage | undefined;
  imageByUuid(uuid: string): WorldImage | undefined;
  /** Any of the six types in any letter case, whole values only. */
  filesByHash(hash: string): readonly WorldFile[];
  /** By SHA-256 alone, which costs less the first time. */
  filesBySha256(hash: string): readonly WorldFile[];
  /** Ascending; unpublished ones too. */
  modelIds(): readonly number[];
  versionIds(): readonly number[];
  creator(id: number): WorldCreator | undefined;
  /** Case does not matter. */
  creatorByName(username: string): WorldCreator | undefined;
  creators(): readonly WorldCreator[];
  modelsOf(creatorId: number): readonly WorldModel[];
  tags(): readonly WorldTag[];
  tag(id: number): WorldTag | undefined;
  /** The previews shown with a version, at most 20. */
  imagesOf(versionId: number): readonly WorldImage[];
  statsOf(image: WorldImage, now: number): ImageStats;
  modelStats(modelId: number, now: number): ModelStats;
  versionStats(versionId: number, now: number): ModelStats;
  /** The file's bytes, made anew at each call. */
  bytesOf(file: WorldFile): Buffer;
  sizeOf(file: WorldFile): number;
  /** Stored hashes in the site's letter case; `{}` while the scan is pending. */
  hashesOf(file: WorldFile): Readonly<Partial<Record<HashType, string>>>;
  /** 64 upper-case digits, also of files whose scan is pending. */
  sha256Of(file: WorldFile): string;
  readonly feed: WorldFeed;
  readonly changes: WorldChanges;
}
