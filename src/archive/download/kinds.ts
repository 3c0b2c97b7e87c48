import { downloadRefusal } from '../../civitai/download-refusal.ts';
import { beginsAsNamed } from './begins-as-named.ts';
import { IMAGE_KIND } from './image-kind.ts';
import type { Kind } from './kind.ts';

const FILE: Kind = {
  endpoint: 'download',
  refusal: (hasKey) => (answer, body) => downloadRefusal(answer, body, hasKey),
  whyNot: beginsAsNamed,
  isBehindLink: true,
};

/** Every kind of thing that can be wanted, by its name in the queue. */
export const KINDS: Readonly<Record<string, Kind>> = {
  file: FILE,
  /** A file at a second place, where another program looks for it; never a file of the library. */
  copy: FILE,
  image: IMAGE_KIND,
};

/** The kind of that name. Throws when a newer program made it. */
export function kindOf(name: string): Kind {
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) throw new Error(`Nothing is known of transfers of the kind ${name}.`);
  return kind;
}
