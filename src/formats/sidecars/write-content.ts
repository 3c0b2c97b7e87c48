import { JsonTreeError, parseTree, treeOf } from '../json-tree.ts';
import type { JsonTree } from '../json-tree.ts';
import type { MergedSidecar } from './merge-sidecars.ts';

/** What is known of one model file, for notes in the formats of other programs. Texts are the site's: hostile. */
export interface SidecarContent {
  readonly file: {
    readonly stem: string;
    /** Absolute. */
    readonly path: string;
    readonly size: number;
    /** Modification time, epoch ns in decimal digits. */
    readonly modifiedNs: string;
    /** When we first saw it, epoch ms. */
    readonly addedAt: number;
    /** The site's names of the hashes to lower-case hex, of the file itself. */
    readonly hashes: Readonly<Record<string, string>>;
  };
  readonly model: {
    readonly id: number;
    readonly name: string;
    readonly type: string;
    readonly nsfw: boolean;
    readonly creator: string | undefined;
    readonly tags: readonly string[];
    /** HTML. */
    readonly description: string | undefined;
    /** True when the site took it down. */
    readonly isRemoved: boolean;
  };
  readonly version: {
    readonly id: number;
    readonly name: string;
    readonly baseModel: string | undefined;
    readonly trainedWords: readonly string[];
    /** HTML. */
    readonly description: string | undefined;
    /** Epoch ms. */
    readonly publishedAt: number | undefined;
  };
  /** The file as the site lists it. */
  readonly remote:
    | {
        readonly id: number;
        readonly name: string;
        readonly precision: string | undefined;
        readonly extent: string | undefined;
        readonly format: string | undefined;
      }
    | undefined;
  /** What the descriptions say, as plain text of some lines. */
  readonly about: string;
  readonly preview: { readonly path: string; readonly nsfwLevel: number } | undefined;
  /** The version's answer with the model's, JSON text. */
  readonly answer: string;
  /** The user's own words, from whatever note. */
  readonly own: MergedSidecar['own'];
}

/** Trigger words as one text, the way prompts take them: the user's, else the site's. */
export function activationOf({ own, version }: SidecarContent): string {
  if (own.activationText !== undefined) return own.activationText.value;
  const words = version.trainedWords.map((word) => word.trim().replace(/[,\s]+$/, ''));
  return [...new Set(words)].filter(Boolean).join(', ');
}

/** The answer with every number as it came; one that names a key twice is taken as JSON.parse takes it. */
export function answerOf({ answer }: Pick<SidecarContent, 'answer'>): JsonTree {
  try {
    return parseTree(answer);
  } catch (error) {
    if (error instanceof JsonTreeError) return treeOf(JSON.parse(answer));
    throw error;
  }
}
