import type { Generated } from 'kysely';

/** A walk through the site's lists of what a creator has: how far it came, and what became of what it showed. */
export interface CoverageTable {
  id: Generated<number>;
  /** The creator's name as the site compares names. */
  creator_key: string;
  kind: 'models' | 'images';
  /** Whom and how was asked: host, rating levels, with a key or without. Another question has other answers. */
  question: string;
  /** How many there are by another source than the walk; null when nobody says. */
  announced: number | null;
  /** How many of the announced the last whole walk did not show. */
  hidden: number | null;
  /** Things that were known at the end of the last walk. */
  seen: number;
  /** `seen` = `held + filtered + refused + failed`; null while a run is under way. */
  held: number | null;
  filtered: number | null;
  refused: number | null;
  failed: number | null;
  /** Why things were refused or failed: code to number, JSON. */
  reasons: string | null;
  /** The newest time in the lists up to which everything is known; null until a walk came to its end. */
  mark_at: number | null;
  /** When the lists were last walked from end to end; null: never. */
  whole_at: number | null;
  walked_at: number;
}

/** A model or image that a walk showed. */
export interface CoverageMemberTable {
  coverage_id: number;
  /** Civitai's id. */
  subject: number;
}
