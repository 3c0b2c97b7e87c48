/** A model file as the walk found it: nothing of it was read. */
export interface WalkedFile {
  /** Relative to the root, forward slashes, U+FFFD where the name is not UTF-8. */
  readonly path: string;
  /** The bytes of the relative path, only when they are not UTF-8. */
  readonly rawPath?: Buffer;
  /** Relative to the root, empty for the root itself. */
  readonly folder: string;
  readonly name: string;
  readonly stem: string;
  /** Lower case with its dot. */
  readonly ext: string;
  readonly size: number;
  /** Epoch nanoseconds in decimal digits, like `ctimeNs`. */
  readonly mtimeNs: string;
  readonly ctimeNs: string;
  /** `st_dev` and `st_ino` in decimal digits. */
  readonly device: string;
  readonly inode: string;
}

/** A place that could not be looked at; what was known under it is neither gone nor there. */
export interface WalkProblem {
  /** Relative to the root; for a folder it stands for all below it. */
  readonly path: string;
  /** The system's code, such as `EACCES`, or `link-broken`. */
  readonly code: string;
  readonly why: string;
}

/** What a walk found in a root. */
export interface Walk {
  readonly files: WalkedFile[];
  /** Every name of every folder entered, by the folder's path relative to the root; made when first asked for. */
  readonly names: Map<string, Set<string>>;
  /** Over every name and the size, times, inode and device of every model file: equal means nothing changed. */
  readonly digest: string;
  readonly problems: WalkProblem[];
  /** Folders entered through a link, relative to the root: what lies behind them is the user's too. */
  readonly links: readonly string[];
  /** `st_dev` of the root. */
  readonly device: string;
  /** `st_dev` of every folder and model file met. */
  readonly devices: ReadonlySet<string>;
}

/** The key under which the catalog knows a file: its path, or `hex:` and the bytes of it when they are not UTF-8. */
export function pathKey(file: Pick<WalkedFile, 'path' | 'rawPath'>): string {
  return file.rawPath === undefined ? file.path : `hex:${file.rawPath.toString('hex')}`;
}
