import type { SourceError } from '../../base/errors.ts';
import type { PreviewWish } from '../../archive/plan-previews.ts';
import type { WrittenSidecar } from '../../formats/sidecars/written-formats.ts';
import type { Target } from '../../archive/targets.ts';
import type { Failure } from '../verb.ts';
import type { Layout } from './layout.ts';

/** What a scan was asked to do. */
export interface ScanRequest extends Layout {
  readonly targets: readonly Target[];
  readonly images: PreviewWish;
  readonly onlyNew: boolean;
  readonly skipMissing: boolean;
  readonly maxAgeMs: number | undefined;
  readonly patterns: readonly string[] | undefined;
  readonly sidecars: readonly WrittenSidecar[];
  /** True when nobody named a layout: what was written as a configuration says stays so. */
  readonly keepsLayout?: boolean;
  /** What the result of a job depends on besides its layout. */
  readonly jobKey?: string;
  /** All files are looked at and written again, whatever is there. */
  readonly anew?: boolean;
  /** Hashes that other programs noted are not taken; the files are read. */
  readonly readsAll?: boolean;
  /** Copies that organising made of files in these roots (absolute) are not counted: they are the same files. */
  readonly uncountedCopiesOf?: readonly string[];
}

export type ScanCounts = Readonly<
  Record<
    | 'files'
    | 'identified'
    | 'missing'
    | 'removed'
    | 'unchecked'
    | 'failed'
    | 'images'
    | 'hashed'
    | 'hash_bytes'
    | 'previews'
    | 'pages',
    number
  >
>;

/** What a scan did. */
export interface ScanOutcome {
  readonly counts: ScanCounts;
  /** Absolute paths of the galleries. */
  readonly galleries: readonly string[];
  readonly warnings: readonly string[];
  readonly failures: readonly Failure[];
  readonly stopped: SourceError | undefined;
  readonly requests: number;
  readonly hashMs: number;
  readonly tookMs: number;
  readonly previewBytes: number;
  /** Files written in all. */
  readonly written: number;
  /** The plan, under `--dry-run`: for people, and for scripts. */
  readonly planned?: readonly string[];
  readonly plan?: Readonly<Record<string, number>>;
}
