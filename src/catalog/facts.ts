/**
 * What the site says, in the catalog's words: the form in which `archive/` hands answers over. Times epoch ms, hashes
 * lower-case hex, `undefined` where the answer was silent: silence never replaces what is known.
 */

export interface CreatorFacts {
  readonly username: string;
  readonly image: string | undefined;
}

/** `null`: hidden by the creator. */
export interface Counters {
  readonly downloads: number | null | undefined;
  readonly thumbsUp: number | null | undefined;
  readonly thumbsDown: number | null | undefined;
  readonly comments: number | null | undefined;
  readonly tipped: number | null | undefined;
  readonly rating: number | null | undefined;
  readonly ratingCount: number | null | undefined;
  readonly favorites: number | null | undefined;
}

export interface ModelFacts {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  /** HTML, hostile. */
  readonly description: string | undefined;
  readonly creator: CreatorFacts | undefined;
  readonly tags: readonly string[] | undefined;
  readonly nsfw: boolean;
  readonly nsfwLevel: number | undefined;
  readonly poi: boolean | undefined;
  readonly minor: boolean | undefined;
  /** `null`: the answer has the key's place but no mode, so the model is neither archived nor taken down (any more). */
  readonly mode: string | null | undefined;
  readonly availability: string | undefined;
  readonly allowNoCredit: boolean | undefined;
  readonly allowDerivatives: boolean | undefined;
  readonly allowDifferentLicense: boolean | undefined;
  readonly commercialUse: readonly string[] | undefined;
  readonly stats: Counters;
}

export interface VersionFileFacts {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly format: string | undefined;
  readonly precision: string | undefined;
  readonly extent: string | undefined;
  readonly quant: string | undefined;
  readonly primary: boolean;
  readonly pickleScan: string | undefined;
  readonly virusScan: string | undefined;
  readonly scannedAt: number | undefined;
  /** Type (`SHA256`, `AutoV2` …) to lower-case hex. */
  readonly hashes: Readonly<Record<string, string>>;
}

export interface GenerationFacts {
  readonly prompt: string | undefined;
  readonly negative: string | undefined;
  readonly seed: string | undefined;
  readonly steps: number | undefined;
  readonly cfg: number | undefined;
  readonly sampler: string | undefined;
  readonly model: string | undefined;
  /** Everything as it was, large numbers as text. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface ImageFacts {
  /** Civitai's id, from the field or the address; `undefined` when neither shows it. */
  readonly id: number | undefined;
  readonly uuid: string | undefined;
  readonly url: string;
  readonly media: 'image' | 'video' | 'audio';
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly nsfwLevel: number;
  readonly blurhash: string | undefined;
  readonly postId: number | undefined;
  readonly username: string | undefined;
  readonly createdAt: number | undefined;
  /** Versions it was made with, as far as a listing said so. */
  readonly versionIds: readonly number[];
  readonly generation: GenerationFacts | undefined;
}

export interface VersionFacts {
  readonly id: number;
  readonly modelId: number;
  readonly name: string;
  readonly position: number | undefined;
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
  readonly downloads: number | null | undefined;
  readonly thumbsUp: number | null | undefined;
  readonly thumbsDown: number | null | undefined;
  /** `undefined` when the answer does not speak of files or images; `[]` when it says there are none. */
  readonly files: readonly VersionFileFacts[] | undefined;
  /**
   * True when `files` lists every file, superseded ones too (by-hash and by-id answers; lists of models hide some): only
   * then is a file that is not listed recorded as removed. It stays in the catalog.
   */
  readonly filesComplete?: boolean;
  readonly images: readonly ImageFacts[] | undefined;
}
