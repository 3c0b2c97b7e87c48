import type { PreviewWish } from '../../archive/plan-previews.ts';
import type { ConfiguredNames, GalleryLead } from '../../profiles/configured-names.ts';
import type { Input } from '../option.ts';

/** One entry of `jobs` in a configuration, checked and with everything it inherits. */
export type Job = ScanPathsJob | SyncTriggersJob | VerbJob;

/** One entry of `input_paths`: a folder of models of one type. */
export interface InputPath {
  readonly id: string;
  /** Absolute. */
  readonly path: string;
  /** Civitai's type, as written: `LORA`, `Checkpoint`. */
  readonly type: string;
  /** Globs for file names, or for paths relative to the folder when they hold a slash. */
  readonly patterns: readonly string[];
  readonly recursive: boolean;
}

/** Type `scan-paths`: find, ask, organise, write, gallery. */
export interface ScanPathsJob {
  readonly kind: 'scan-paths';
  readonly name: string;
  readonly inputs: readonly InputPath[];
  /** Leaves files alone whose data is complete and fresh; false looks at and writes all of them again. */
  readonly skipExisting: boolean;
  /** Reads the files again and compares them with the site's hashes. */
  readonly verifyHashes: boolean;
  /** Answers older than this are asked for again. */
  readonly maxAgeMs: number | undefined;
  readonly names: ConfiguredNames;
  /** Galleries of other jobs that pages lead back to, the first that stands, before one of this job's own. */
  readonly leads: readonly GalleryLead[];
  readonly images: PreviewWish;
  readonly organise: OrganiseWish | undefined;
}

/** What a job says of `organization`. */
export interface OrganiseWish {
  /** A named template or a custom one. */
  readonly template: string;
  readonly mode: 'move' | 'copy' | 'symlink' | 'hardlink' | 'reflink';
  /** May hold `{model_dir}`: then it is another folder for each folder of models. */
  readonly outputDir: string;
  readonly onCollision: 'skip' | 'rename' | 'fail';
  /** Only says what would be moved; the rest of the job writes nothing either. */
  readonly dryRun: boolean;
}

/** Type `sync-lora-triggers`. */
export interface SyncTriggersJob {
  readonly kind: 'sync-lora-triggers';
  readonly name: string;
  readonly inputs: readonly InputPath[];
  /** Absolute. */
  readonly lorasFile: string;
  readonly overwrite: 'never' | 'empty' | 'always';
}

/** Any verb of the program as a job: `type: update`, with its flags as keys and its arguments as `paths`. */
export interface VerbJob {
  readonly kind: 'verb';
  readonly name: string;
  readonly verb: string;
  readonly input: Input;
}
