/** What pages show: the catalog read for people. Times epoch ms; `undefined` means unknown, `null` hidden by the creator. */
import type { NoteField } from './schema-notes.ts';
import type { SubjectState } from './schema.ts';

export interface ImageView {
  readonly id: number;
  readonly url: string;
  readonly media: 'image' | 'video' | 'audio';
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly nsfwLevel: number;
  readonly blurhash: string | undefined;
  /** Absolute path of the copy we hold. */
  readonly heldPath: string | undefined;
  readonly prompt: string | undefined;
  readonly negative: string | undefined;
  /** Label to value, in reading order; without prompt and negative. */
  readonly settings: readonly (readonly [string, string])[];
  /** Models used: name, weight as written. */
  readonly resources: readonly {
    readonly name: string;
    readonly type: string;
    readonly weight: string | undefined;
    readonly versionId: number | undefined;
  }[];
  /** The prompt as the reader's own lists leave it, variant to text; absent where they leave it as it is. */
  readonly variants?: readonly (readonly [string, string])[];
}

export interface VersionFileView {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly format: string | undefined;
  readonly precision: string | undefined;
  readonly extent: string | undefined;
  readonly hashes: readonly (readonly [string, string])[];
  readonly pickleScan: string | undefined;
  readonly virusScan: string | undefined;
  readonly primary: boolean;
  /** True when a library file has these bytes. */
  readonly held: boolean;
}

export interface VersionView {
  readonly id: number;
  readonly name: string;
  readonly baseModel: string | undefined;
  readonly publishedAt: number | undefined;
  readonly earlyAccessUntil: number | undefined;
  readonly ours: boolean;
  /** Published after the version of this file. */
  readonly newer: boolean;
  /** Absolute path of a library file of this version. */
  readonly heldPath: string | undefined;
}

export interface ChangeView {
  readonly at: number;
  readonly field: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface CandidateView {
  readonly versionId: number;
  readonly modelId: number;
  readonly modelName: string;
  readonly versionName: string;
  readonly chosen: boolean;
}

export interface TrainingView {
  /** Tags by falling count. */
  readonly tags: readonly { readonly tag: string; readonly count: number }[];
  /** Label to value: base model, resolution, rank, epochs, dates … */
  readonly facts: readonly (readonly [string, string])[];
}

/** What a file's own header lets guess of a model that nobody describes. */
export interface HeaderHints {
  readonly type: string | undefined;
  readonly baseModel: string | undefined;
  /** The commonest tags of its training, commonest first: likely trigger words. */
  readonly words: readonly string[];
}

/** The model side of a page; absent when the site does not know the file. */
export interface KnownView {
  readonly modelId: number;
  readonly modelName: string;
  readonly type: string;
  readonly mode: string | undefined;
  readonly creator: string | undefined;
  readonly tags: readonly string[];
  readonly nsfw: boolean;
  readonly nsfwLevel: number;
  readonly modelDescription: string | undefined;
  readonly commercialUse: readonly string[] | undefined;
  readonly allowNoCredit: boolean | undefined;
  readonly allowDerivatives: boolean | undefined;
  readonly allowDifferentLicense: boolean | undefined;
  readonly versionId: number;
  readonly versionName: string;
  readonly versionDescription: string | undefined;
  readonly baseModel: string | undefined;
  readonly trainedWords: readonly string[];
  readonly publishedAt: number | undefined;
  readonly createdAt: number | undefined;
  readonly updatedAt: number | undefined;
  readonly air: string | undefined;
  readonly usageControl: string | undefined;
  /** `null` hidden by the creator, `undefined` never told. */
  readonly downloads: number | null | undefined;
  readonly thumbsUp: number | null | undefined;
  readonly thumbsDown: number | null | undefined;
  readonly comments: number | null | undefined;
  readonly tipped: number | null | undefined;
  readonly rating: number | undefined;
  readonly ratingCount: number | undefined;
  readonly favorites: number | undefined;
  readonly versionDownloads: number | null | undefined;
  readonly files: readonly VersionFileView[];
  readonly versions: readonly VersionView[];
  readonly images: readonly ImageView[];
  readonly candidates: readonly CandidateView[];
  readonly changes: readonly ChangeView[];
  /** Why this version among the candidates, a phrase. */
  readonly choiceReason?: string;
  /** True when the user settled the choice. */
  readonly pinned?: boolean;
  /** The model's and the version's own states: they may differ from the hash's. */
  readonly modelState?: SubjectState;
  readonly versionState?: SubjectState;
}

/** What a note of another program beside the file says, and whose note it is (a sidecar format's name). */
export interface NoteView {
  readonly field: NoteField;
  /** Text; lists as JSON. */
  readonly value: string;
  readonly origin: string;
}

/** One model file of the library with all that is known of it. */
export interface ModelFileView {
  readonly fileId: number;
  readonly rootId: number;
  /** Absolute path of the file. */
  readonly path: string;
  readonly relativePath: string;
  readonly folder: string;
  readonly name: string;
  readonly stem: string;
  readonly ext: string;
  readonly size: number;
  /** File time, epoch ms. */
  readonly modifiedAt: number;
  readonly addedAt: number;
  readonly sha256: string | undefined;
  readonly hashes: readonly (readonly [string, string])[];
  /** State of the file's hash on the site. */
  readonly state: SubjectState;
  /** Since when it is in that state; last time it was found when removed. */
  readonly stateSince: number | undefined;
  readonly lastFoundAt: number | undefined;
  readonly headerFormat: string | undefined;
  readonly headerWarning: string | undefined;
  readonly problem: string | undefined;
  readonly training: TrainingView | undefined;
  /** Other library files with the same bytes, absolute paths. */
  readonly duplicates: readonly string[];
  readonly known: KnownView | undefined;
  /** The user's own words first; absent when there are none. */
  readonly notes?: readonly NoteView[];
  /** What the header lets guess, where the site describes nothing. */
  readonly hints?: HeaderHints;
  /** True when there is no file at all: `name` is that of a description by hand. */
  readonly isFileless?: boolean;
}

/** One card of the gallery: small, made in bulk. */
export interface CardView {
  readonly fileId: number;
  readonly path: string;
  readonly relativePath: string;
  readonly folder: string;
  readonly stem: string;
  readonly size: number;
  readonly modifiedAt: number;
  readonly addedAt: number;
  readonly state: SubjectState;
  /** The site showed it once and shows its bytes, its version or its model no more. */
  readonly removed: boolean;
  /** When an answer last described it; for what was removed. */
  readonly lastSeenAt: number | undefined;
  readonly headerWarning: boolean;
  /** Some of this was written by hand, in a description beside it. */
  readonly described: boolean;
  /** There is no file, only that description. */
  readonly fileless: boolean;
  /** `trainedWords` are the commonest tags of the training: nobody said that they call the model. */
  readonly likely: boolean;
  readonly modelId: number | undefined;
  readonly versionId: number | undefined;
  /** The site's id of this very file. */
  readonly siteFileId: number | undefined;
  /** Model name, or the file's stem. */
  readonly name: string;
  readonly versionName: string | undefined;
  readonly type: string | undefined;
  readonly baseModel: string | undefined;
  readonly creator: string | undefined;
  readonly tags: readonly string[];
  readonly trainedWords: readonly string[];
  readonly nsfwLevel: number;
  readonly downloads: number | undefined;
  readonly thumbsUp: number | undefined;
  readonly publishedAt: number | undefined;
  readonly updatedAt: number | undefined;
  /** A newer version is out. */
  readonly hasUpdate: boolean;
  /** More than one file has these bytes. */
  readonly duplicate: boolean;
  /** The user's own words, then plain text of the descriptions, shortened to 600 characters, for search. */
  readonly about: string;
  readonly cover:
    | {
        readonly path: string;
        readonly media: 'image' | 'video';
        readonly nsfwLevel: number;
        readonly blurhash: string | undefined;
        readonly width: number | undefined;
        readonly height: number | undefined;
      }
    | undefined;
}
