import type { WalkKey } from '../../catalog/coverage.ts';

/** What a walk through a creator's works showed, to be told beside what became of it. */
export interface Coverage {
  readonly creator: string;
  readonly of: 'models' | 'images';
  /** Under which it is kept; `undefined` when it is not. */
  readonly key: WalkKey | undefined;
  /** By another source than the walk; `undefined` when there is none. */
  readonly announced: number | undefined;
  /** Things that this walk and the ones it builds upon showed. */
  readonly seen: number;
  /** Seen, and left out by what was asked for. */
  readonly filtered: number;
  /** Seen, and not handed out by the site: why, each by its code. */
  readonly refused: readonly string[];
  /** What is wanted of each other thing, as `wantKey` names it. */
  readonly members: readonly (readonly string[])[];
  /**
   * `whole`: the lists came to their ends; `new`: they were walked down to what earlier whole walks had shown; `broken`:
   * neither, so that nobody knows what is missing.
   */
  readonly walk: 'whole' | 'new' | 'broken';
  /** When the lists last came to their ends, epoch ms; `undefined`: never. */
  readonly wholeAt: number | undefined;
}

/** Names a want in `members`. */
export function wantKey({ kind, subject }: { readonly kind: string; readonly subject: string }): string {
  return `${kind} ${subject}`;
}

/** The name of a creator as the site compares it. */
export function comparableName(username: string): string {
  return username
    .replace(' ', '_')
    .replaceAll(/[^A-Za-z0-9_]/g, '')
    .toLowerCase();
}
