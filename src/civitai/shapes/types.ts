import type { CivitaiFileId, ImageId, ModelId, PostId, VersionId } from '../../base/ids.ts';

/**
 * The site's answers once read: every form that ever occurred (notes in shapes/README.md) brought to one. Enumerations
 * stay open texts. Times epoch ms. `undefined`: the answer was silent; `null` in counters: hidden by the creator.
 */

export interface Stats {
  readonly downloadCount: number | null | undefined;
  readonly thumbsUpCount: number | null | undefined;
  readonly thumbsDownCount: number | null | undefined;
  readonly commentCount: number | null | undefined;
  readonly tippedAmountCount: number | null | undefined;
  readonly favoriteCount: number | undefined;
  readonly rating: number | undefined;
  readonly ratingCount: number | undefined;
}

export interface File {
  readonly id: CivitaiFileId;
  readonly name: string;
  readonly type: string;
  /** Bytes, from sizeKB. */
  readonly size: number;
  readonly format: string | undefined;
  readonly fp: string | undefined;
  /** `full`, `pruned`. */
  readonly extent: string | undefined;
  readonly quantType: string | undefined;
  readonly primary: boolean;
  readonly pickleScanResult: string | undefined;
  readonly virusScanResult: string | undefined;
  readonly scannedAt: number | undefined;
  /** Type to lower-case hex. */
  readonly hashes: Readonly<Record<string, string>>;
}

export interface Generation {
  readonly prompt: string | undefined;
  readonly negativePrompt: string | undefined;
  readonly seed: string | undefined;
  readonly steps: number | undefined;
  readonly cfgScale: number | undefined;
  readonly sampler: string | undefined;
  readonly model: string | undefined;
  /** The whole meta object, flat, large numbers as text. */
  readonly all: Readonly<Record<string, unknown>>;
}

export interface Image {
  readonly id: ImageId | undefined;
  readonly uuid: string | undefined;
  readonly url: string;
  readonly media: 'image' | 'video' | 'audio';
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** A single bit, 0 when unrated. */
  readonly nsfwLevel: number;
  readonly blurhash: string | undefined;
  readonly postId: PostId | undefined;
  readonly username: string | undefined;
  readonly createdAt: number | undefined;
  /** Versions it was made with, as far as the site recognised them; of listings only. */
  readonly versionIds: readonly VersionId[];
  readonly meta: Generation | undefined;
}

export interface Version {
  readonly id: VersionId;
  readonly modelId: ModelId | undefined;
  readonly name: string;
  readonly index: number | undefined;
  readonly baseModel: string | undefined;
  readonly baseModelType: string | undefined;
  readonly description: string | undefined;
  readonly trainedWords: readonly string[];
  readonly nsfwLevel: number | undefined;
  readonly air: string | undefined;
  readonly status: string | undefined;
  readonly availability: string | undefined;
  readonly usageControl: string | undefined;
  readonly publishedAt: number | undefined;
  readonly createdAt: number | undefined;
  readonly updatedAt: number | undefined;
  readonly earlyAccessUntil: number | undefined;
  readonly stats: Stats;
  /** `undefined` when the key was absent. */
  readonly files: readonly File[] | undefined;
  readonly images: readonly Image[] | undefined;
  /** The short model part of version answers. */
  readonly model:
    | {
        readonly name: string;
        readonly type: string;
        readonly nsfw: boolean;
        readonly poi: boolean;
        readonly mode: string | undefined;
      }
    | undefined;
}

export interface Model {
  readonly id: ModelId;
  readonly name: string;
  readonly type: string;
  readonly description: string | undefined;
  readonly creator: { readonly username: string; readonly image: string | undefined } | undefined;
  readonly tags: readonly string[];
  readonly nsfw: boolean;
  readonly nsfwLevel: number | undefined;
  readonly poi: boolean | undefined;
  readonly minor: boolean | undefined;
  readonly mode: string | undefined;
  readonly availability: string | undefined;
  readonly allowNoCredit: boolean | undefined;
  readonly allowDerivatives: boolean | undefined;
  readonly allowDifferentLicense: boolean | undefined;
  readonly allowCommercialUse: readonly string[] | undefined;
  readonly stats: Stats;
  readonly versions: readonly Version[];
}

/** One item of an answer: what we read of it and the text it came in, byte for byte. */
export interface Item<T> {
  readonly value: T;
  /** The item's own JSON text, cut out of the answer without loss. */
  readonly raw: string;
}
