import type { Coverage } from '../posts/coverage.ts';
import type { ModelId, Sha256, VersionId } from '../../base/ids.ts';
import type { Item, Model } from '../../civitai/shapes/types.ts';

/** What something is part of, as the site says it. */
export type Belonging =
  | {
      readonly kind: 'model';
      readonly id: number;
      readonly name: string;
      readonly creator: string | undefined;
    }
  /** An image that was asked for, alone or with its post. */
  | {
      readonly kind: 'post';
      readonly postId: number | undefined;
      /** Where it is known. */
      readonly title?: string | undefined;
      readonly creator: string | undefined;
    }
  /** An image among all that a creator made. */
  | {
      readonly kind: 'work';
      readonly imageId: number;
      readonly postId: number | undefined;
      readonly versionIds: readonly number[];
      readonly creator: string | undefined;
    };

/** One thing to be brought, of whatever kind: what the queue, the plan and the loop know of it. */
export interface Want {
  /** One of KINDS, see kinds.ts. */
  readonly kind: string;
  /** The site's id of it. */
  readonly subject: string;
  /** For people: what it is and whose. */
  readonly title: string;
  /** The site's own address for it, without key; signed addresses are found from it at the moment of use. */
  readonly source: string;
  /** The folder that was named for all of it, absolute: one thing is brought into it once. */
  readonly output: string;
  /** The folder it goes into, absolute; the output or one below it. */
  readonly folder: string;
  /** The name it should have there: already a safe one. */
  readonly name: string;
  /** What makes the name another one when it is taken, best first. */
  readonly tellApart: readonly string[];
  readonly modelId: ModelId | undefined;
  readonly versionId: VersionId | undefined;
  /** Bytes, as the site says; about. */
  readonly size: number | undefined;
  readonly sha256: Sha256 | undefined;
  /** For profiles that have a folder for each creator, model and post. */
  readonly belongs?: Belonging;
}

/** Something asked for that can't become a want: why, and whether it is the site's decision. */
export interface Unwanted {
  readonly what: string;
  readonly state: 'failed' | 'refused';
  readonly code: string;
  readonly why: string;
  readonly next: string | undefined;
  /** The version it is about, where it is one. */
  readonly version?: {
    readonly id: VersionId;
    readonly modelId: ModelId | undefined;
    readonly creator: string | undefined;
  };
}

/** What targets come to. */
export interface Wants {
  readonly wants: readonly Want[];
  readonly unwanted: readonly Unwanted[];
  /** Sentences worth telling: what was taken for what, what a choice left out. */
  readonly notes: readonly string[];
  /** Of targets that stand for many things: how much of it was seen. */
  readonly coverage?: readonly Coverage[];
  /** Models as the site told of them on the way. */
  readonly models?: readonly Item<Model>[];
}
