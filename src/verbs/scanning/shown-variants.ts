import { readFileSync, statSync } from 'node:fs';
import { inOneLine } from '../../archive/posts/image-note.ts';
import { notePath } from '../../archive/posts/write-image-notes.ts';
import { isSystemError, UserError } from '../../base/errors.ts';
import type { CollectedImageView } from '../../catalog/collected-image.ts';
import { variantsIn } from '../../formats/prompt-note.ts';
import type { PromptFilter } from '../../prompts/filter.ts';
import type { Deps } from '../deps.ts';
import { readWishes } from '../prompting/wishes.ts';

type Shown = Pick<CollectedImageView, 'variants'>;
type Variants = readonly (readonly [name: string, text: string])[];

/** A note of ours is a few KiB; more is read by nobody. */
const MOST_BYTES = 1024 * 1024;

/**
 * The other wordings of a prompt that a page shows, those that say the same left out: as the note beside the image has
 * them, or where there is none as the reader's lists make them.
 */
export function openVariants(deps: Deps): (view: CollectedImageView) => Shown {
  const filter = usualFilter(deps);
  return ({ prompt, heldPath }) => {
    if (prompt === undefined) return {};
    const made = variantsBeside(heldPath) ?? filtered(prompt, filter);
    const same = new Set([prompt, inOneLine(prompt)]);
    const variants = made.filter(([, text]) => !same.has(text));
    return variants.length === 0 ? {} : { variants };
  };
}

function variantsBeside(image: string): Variants | undefined {
  const path = notePath(image);
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() !== true || stats.size > MOST_BYTES) return undefined;
    return variantsIn(readFileSync(path));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return undefined;
  }
}

function filtered(prompt: string, filter: PromptFilter | undefined): Variants {
  return filter === undefined ? [] : [...filter(prompt)].map(([name, { text }]) => [name, text]);
}

/** The reader's lists as `get` uses them; `undefined` where there are none, or none that can be used. */
function usualFilter(deps: Deps): PromptFilter | undefined {
  try {
    const { filter, lists } = readWishes(deps, { arguments: [], options: {} });
    return lists.some(({ terms }) => terms.length > 0) ? filter : undefined;
  } catch (error) {
    // `prompts` tells what is wrong with them; pages only lack the variants.
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}
