import { join, resolve } from 'node:path';
import { readLists } from '../../archive/prompt-lists.ts';
import { UserError } from '../../base/errors.ts';
import { NOTE_KEYS } from '../../formats/prompt-note.ts';
import { openCompatFilter } from '../../prompts/compat.ts';
import { openFilter } from '../../prompts/filter.ts';
import type { PromptFilter } from '../../prompts/filter.ts';
import { MOST_LISTS } from '../../prompts/matcher.ts';
import { MATCH_MODES } from '../../prompts/term-list.ts';
import type { TermList } from '../../prompts/term-list.ts';
import { readVariant, VariantError } from '../../prompts/variant.ts';
import type { Variant } from '../../prompts/variant.ts';
import { KEPT_TAGS } from '../../prompts/without-terms.ts';
import type { Deps } from '../deps.ts';
import { flagOption, listOption, textOption } from '../option.ts';
import type { Input } from '../option.ts';

/** What a run filters with. */
export interface FilterWishes {
  readonly filter: PromptFilter;
  readonly variants: readonly string[];
  readonly lists: readonly TermList[];
  readonly warnings: readonly string[];
}

const USUAL_VARIANTS = ['prompt=all', 'prompt_with_clothes=all-Clothes'];

/** The folder in which the lists are. */
export function listFolder(deps: Deps, input: Input): string {
  const given = textOption(input, 'lists');
  return given === undefined ? join(deps.settings.configFolder, 'prompts') : resolve(deps.cwd, given);
}

/** Reads lists and variants. Throws UserError. */
export function readWishes(deps: Deps, input: Input): FilterWishes {
  const usual = MATCH_MODES.find((mode) => mode === textOption(input, 'match')) ?? 'exact';
  const folder = listFolder(deps, input);
  const { lists, missing } = readLists(folder, listOption(input, 'use'), usual);
  if (lists.length > MOST_LISTS)
    throw new UserError(`There can be at most ${MOST_LISTS} lists at once.`, { code: 'bad-argument' });
  const variants = variantsOf(listOption(input, 'variant'), lists);
  const tags = KEPT_TAGS.find((one) => one === textOption(input, 'tags')) ?? 'all';
  const filter = flagOption(input, 'compat')
    ? openCompatFilter({ lists, variants })
    : openFilter({ lists, variants, tags });
  return { filter, variants: variants.map(({ name }) => name), lists, warnings: warningsOf(missing, lists) };
}

function warningsOf(missing: readonly string[], lists: readonly TermList[]): string[] {
  if (missing.length === 0 && lists.every(({ terms }) => terms.length === 0))
    return ['The lists hold no terms yet, so nothing is taken out.'];
  return missing.map(missingWarning);
}

function missingWarning(path: string): string {
  return `There is no list ${path}; nothing is taken out by it. civitarium prompts init makes it.`;
}

function variantsOf(given: readonly string[], lists: readonly TermList[]): Variant[] {
  const hasClothes = lists.some(({ name }) => name === 'Clothes');
  const usual = hasClothes ? USUAL_VARIANTS : USUAL_VARIANTS.slice(0, 1);
  try {
    const variants = (given.length === 0 ? usual : given).map((text) => readVariant(text, lists));
    const names = variants.map(({ name }) => name);
    const reserved = names.find((name) => NOTE_KEYS.includes(name));
    if (reserved !== undefined)
      throw new VariantError(`"${reserved}" is a field of its own, and no variant.`);
    if (new Set(names).size < names.length) throw new VariantError('Two variants have the same name.');
    return variants;
  } catch (error) {
    if (!(error instanceof VariantError)) throw error;
    throw new UserError(error.message, {
      code: 'bad-argument',
      next: 'civitarium help prompts',
      cause: error,
    });
  }
}
