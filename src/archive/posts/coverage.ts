/** What a walk through a creator's works showed, to be told beside what became of it. */
export interface Coverage {
  readonly creator: string;
  readonly of: 'models' | 'images';
  /** By another source than the walk; `undefined` when there is none. */
  readonly announced: number | undefined;
  /** Things that the walk showed. */
  readonly seen: number;
  /** Seen, and left out by what was asked for. */
  readonly filtered: number;
  /** Seen, and not handed out by the site. */
  readonly refused: number;
  /** What is wanted of each other thing, as `wantKey` names it. */
  readonly members: readonly (readonly string[])[];
  /** Whether the walk came to its end. */
  readonly complete: boolean;
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
