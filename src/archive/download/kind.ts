import type { Checks } from '../../net/body-checks.ts';

/** How things of one kind are asked for and looked at. */
export interface Kind {
  /** Names the limits that hold for it, see net/limits.ts. */
  readonly endpoint: string;
  readonly refusal: (hasKey: boolean) => NonNullable<Checks['refusal']>;
  /** Why bytes that nobody promised a hash of are not what their name says; `undefined` when they may be. */
  readonly whyNot: (name: string, head: Uint8Array, size: number) => string | undefined;
  /** Whether its address leads to a signed one, which is what other programs are given. */
  readonly isBehindLink: boolean;
  /** The name by what the first bytes say, where the site's names are not to be believed. */
  readonly trueName?: (name: string, head: Uint8Array) => string;
  /** All names that `trueName` may give. */
  readonly otherNames?: (name: string) => readonly string[];
}
