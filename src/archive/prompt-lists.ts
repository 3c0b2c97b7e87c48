import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError, messageOf, UserError } from '../base/errors.ts';
import { boundsOf } from '../library/inside.ts';
import { placeAll } from '../library/place.ts';
import { MATCH_MODES, readTermLines } from '../prompts/term-list.ts';
import type { MatchMode, TermList } from '../prompts/term-list.ts';

/** The lists that are used when none is named. */
export const USUAL_LISTS: readonly string[] = ['Sex', 'Clothes', 'Etc'];

export interface ReadLists {
  /** Those that are missing are empty. */
  readonly lists: readonly TermList[];
  /** Paths of files that are not there. */
  readonly missing: readonly string[];
}

const MOST_BYTES = 64 * 1024 * 1024;

/** The file of a list: `Filter_Sex.txt` for `Sex`. */
export function listFile(folder: string, name: string): string {
  return join(folder, `Filter_${name}.txt`);
}

/**
 * Reads lists by name; `Sex:word` gives a list a mode of its own. Throws UserError `bad-argument`, and
 * `prompt-list-unreadable` for one that is there and can't be read.
 */
export function readLists(folder: string, names: readonly string[], usual: MatchMode): ReadLists {
  const missing: string[] = [];
  const lists = (names.length === 0 ? USUAL_LISTS : names).map((given) => {
    const { name, mode } = nameAndMode(given, usual);
    const path = listFile(folder, name);
    const text = readListText(path);
    if (text === undefined) missing.push(path);
    return { name, mode, terms: readTermLines(text ?? '') };
  });
  return { lists, missing };
}

function nameAndMode(given: string, usual: MatchMode): { name: string; mode: MatchMode } {
  const [, name, said] = /^\s*([\p{L}\p{N}_ .-]+?)\s*(?::\s*(\w+)\s*)?$/u.exec(given) ?? [];
  const mode = said === undefined ? usual : MATCH_MODES.find((one) => one === said);
  if (name !== undefined && mode !== undefined && !/^\.+$/.test(name)) return { name, mode };
  throw new UserError(`"${given}" names no list.`, {
    code: 'bad-argument',
    next: `A list is named like Clothes, or Clothes:word; modes are ${MATCH_MODES.join(', ')}.`,
  });
}

function readListText(path: string): string | undefined {
  try {
    if (statSync(path).size > MOST_BYTES) throw unreadable(path, 'it is too large to be a list');
    const bytes = readFileSync(path);
    const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
    return new TextDecoder(isWide ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw unreadable(path, isSystemError(error) ? messageOf(error) : 'its text is not UTF-8');
  }
}

function unreadable(path: string, why: string): UserError {
  return new UserError(`The list ${path} can't be read: ${why}.`, {
    code: 'prompt-list-unreadable',
    next: 'Save it as UTF-8, one term a line.',
  });
}

const COMMENT = [
  '# One term a line. Lines that begin with "# " are left out.',
  '# A term is taken out of a prompt where it stands between commas, in whatever case and brackets;',
  '# "_" counts as a blank. The original of a prompt is always kept.',
  '',
].join('\n');

/** Makes the files of lists that are not there. Returns what was made and what was there; a list is never replaced. */
export async function makeLists(
  folder: string,
  names: readonly string[],
  dryRun: boolean,
): Promise<{ made: string[]; there: string[] }> {
  const { missing, lists } = readLists(folder, names, 'exact');
  const there = lists.map(({ name }) => listFile(folder, name)).filter((path) => !missing.includes(path));
  if (dryRun) return { made: [...missing], there };
  const made: string[] = [];
  const items = missing.map((path) => ({ path, bytes: COMMENT, replace: false }));
  for (const { path, error } of await placeAll(items, { bounds: boundsOf(folder) })) {
    if (error === undefined) made.push(path);
    else if (error.code === 'in-the-way') there.push(path);
    else throw error;
  }
  return { made, there };
}
