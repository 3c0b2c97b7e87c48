import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Catalog } from '../../catalog/open.ts';
import type { CivitaiClient } from '../../civitai/client.ts';
import type { UnofficialSite } from '../../civitai/unofficial.ts';
import type { Asked } from './asked.ts';
import type { FileChoice, VersionChoice } from './choose-files.ts';
import type { Wants } from './want.ts';

/** What is wanted of whatever the targets are. */
export interface Choices {
  readonly versions: VersionChoice;
  readonly files: FileChoice;
  /** Only what was published since then, epoch ms. */
  readonly since: number | undefined;
  /** Models of a tag or search at most; 0: all of them. */
  readonly limit: number;
}

export interface ResolveOptions {
  readonly client: CivitaiClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the API, for download links. */
  readonly apiOrigin: string;
  /** The folder that all goes into, absolute. */
  readonly output: string;
  readonly choices: Choices;
  /** Rating bits that are wanted. */
  readonly levels: number;
  /** The API of the site's own pages, where the user wants it asked. */
  readonly unofficial?: UnofficialSite | undefined;
  /** Whom the site sees (host, with a key or without): what it shows depends on it. */
  readonly asker: string;
  /** Told of each page of a list as it is read. */
  readonly onPage?: () => void;
  /** Walk lists from end to end, whatever is known of them. */
  readonly walksWhole: boolean;
  /** Walk lists that may miss things a second time, the other way round. */
  readonly walksTwice: boolean;
  /** Where answers are kept; `undefined` under `--dry-run`. */
  readonly keepIn: Catalog | undefined;
  /** Where what is known is read. */
  readonly catalog: Pick<Catalog, 'db'>;
  /** Whether each thing goes to what it belongs to: titles of posts are asked for, and works come along with models. */
  readonly bringsTogether: boolean;
  /** Questions under way at once where one target does not wait for another. */
  readonly asksAtOnce: number;
}

/** Turns targets of some kinds into wants, those of each target under it. */
export type Resolver = (asked: readonly Asked[], options: ResolveOptions) => Promise<Map<Asked, Wants>>;
