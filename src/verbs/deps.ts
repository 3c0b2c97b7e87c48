import type { Chance, Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Progress } from '../base/progress.ts';
import type { Catalog } from '../catalog/open.ts';
import type { CivitaiClient } from '../civitai/client.ts';
import type { Hasher, HashKind } from '../library/hash.ts';
import type { Asking } from '../net/asking.ts';
import type { Net } from '../net/stack.ts';
import type { OptionTable } from './option.ts';

/** The settings every verb shares, from flags, environment and config file. */
export interface Settings {
  /** File path or `postgres://…`. */
  readonly catalog: string;
  readonly apiUrl: string;
  readonly key: string | undefined;
  /** API requests a minute. */
  readonly rate: number;
  readonly patienceMs: number;
  readonly mediaConcurrency: number;
  readonly asking: Asking;
  /** Bitmask of levels; 31 is everything. */
  readonly browsingLevel: number;
  readonly hashThreads: number;
  readonly hashKinds: readonly HashKind[];
  /** How the index of a collected folder sorts at first; `undefined` for the usual way. */
  readonly indexSort?: string | undefined;
  /** Ask the API of the site's own pages too. */
  readonly unofficial?: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly forceRefresh: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly json: boolean;
  readonly stateFolder: string;
  readonly cacheFolder: string;
  readonly logFolder: string;
  /** Where a user's own files for the program lie, whether a configuration is among them or not. */
  readonly configFolder: string;
  /** The config file in use, absolute. */
  readonly configFile: string | undefined;
}

/** What can be asked of the person in front, if there is one. */
export interface Terminal {
  /** True when both ends are a terminal. */
  readonly interactive: boolean;
  /** Columns of the screen that `print` writes to; `undefined` where it is none. */
  readonly width?: number | undefined;
  /**
   * True at once under `--yes`, false at once when nobody is there to answer. `byDefault` is what Enter alone means: no,
   * unless the question is harmless.
   */
  confirm(question: string, byDefault?: boolean): Promise<boolean>;
  /** What the person answers, without blanks around it; `undefined` when nobody is there, or gives no answer. */
  ask?(question: string): Promise<string | undefined>;
  /** A line of the product itself (lists, descriptions) on stdout; on stderr under `--json`. */
  print(line: string): void;
}

/** Everything a verb may use; built in cli/workspace.ts, opened when first asked for. */
export interface Deps {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly settings: Settings;
  readonly terminal: Terminal;
  /** Absolute working directory; relative arguments start here. */
  readonly cwd: string;
  /** This machine, by a random id kept in the state folder. */
  hostId(): Promise<string>;
  /** Under `--dry-run` it can't be written to. */
  catalog(): Promise<Catalog>;
  net(): Promise<Net>;
  client(): Promise<CivitaiClient>;
  /** The option tables of every verb, for the configuration. */
  optionTables(): Promise<readonly OptionTable[]>;
  hasher(kinds: readonly HashKind[]): Promise<Hasher>;
}
