import { downloadRefusal } from '../../civitai/download-refusal.ts';
import type { Checks } from '../../net/body-checks.ts';
import { beginsAsNamed } from './begins-as-named.ts';

/** How things of one kind are asked for and looked at. */
export interface Kind {
  /** Names the limits that hold for it, see net/limits.ts. */
  readonly endpoint: string;
  readonly refusal: (hasKey: boolean) => NonNullable<Checks['refusal']>;
  /** Why bytes that nobody promised a hash of are not what their name says; `undefined` when they may be. */
  readonly whyNot: (name: string, head: Uint8Array, size: number) => string | undefined;
}

/** Every kind of thing that can be wanted, by its name in the queue. */
export const KINDS: Readonly<Record<string, Kind>> = {
  file: {
    endpoint: 'download',
    refusal: (hasKey) => (answer, body) => downloadRefusal(answer, body, hasKey),
    whyNot: beginsAsNamed,
  },
};

/** The kind of that name. Throws when a newer program made it. */
export function kindOf(name: string): Kind {
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) throw new Error(`Nothing is known of transfers of the kind ${name}.`);
  return kind;
}
