import type { Stock, StockFile, WalkedRoot } from '../../archive/take-stock.ts';
import type { OutputRow } from '../../catalog/output.ts';
import type { WrittenSidecar } from '../../formats/sidecars/written-formats.ts';
import type { Bounds } from '../../library/inside.ts';
import type { Failure } from '../verb.ts';
import type { Naming } from './naming.ts';
import type { ScanRequest } from './scan-request.ts';

/** What is to be written for some roots. */
export interface LibraryJob {
  readonly roots: readonly WalkedRoot[];
  readonly stocks: ReadonlyMap<WalkedRoot, Stock>;
  readonly request: Pick<ScanRequest, 'images' | 'profile' | 'output' | 'configured'>;
  /** Library files whose pages and sidecars may be out of date. */
  readonly touched: ReadonlySet<number>;
  /** Notes for other programs that were asked for. */
  readonly sidecars?: readonly WrittenSidecar[];
  /** False when the site can't be asked just now. */
  readonly online: boolean;
}

/** What became of one kind of files. */
export interface FilesWritten {
  readonly written: number;
  readonly warnings: readonly string[];
  /** Files that the disk refused. */
  readonly failures: readonly Failure[];
}

/** One root with what the stages of writing need to know of it. */
export interface RootJob {
  readonly walked: WalkedRoot;
  /** All its files, as far as they are known, and models that are only described. */
  readonly files: readonly StockFile[];
  /** Those that the run is about. */
  readonly meant: readonly StockFile[];
  readonly naming: Naming;
  readonly outputs: readonly OutputRow[];
  /** Everything of this root is written within these. */
  readonly bounds: Bounds;
  /** True when a path was there at the walk, or was written since. */
  exists(path: string): boolean;
}
