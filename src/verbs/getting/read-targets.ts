import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isSystemError, UserError } from '../../base/errors.ts';
import { listLines, readTarget } from '../../archive/download/asked.ts';
import type { Asked } from '../../archive/download/asked.ts';
import type { Unwanted } from '../../archive/download/want.ts';
import type { Deps } from '../deps.ts';

/** A list of a million targets has less. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * What the arguments of `get` mean: targets, and files that list some. An argument that is neither ends the run before
 * it begins; a line that is no target is told with the others' fate. Throws UserError `bad-target`.
 */
export async function readTargets(
  given: readonly string[],
  deps: Pick<Deps, 'cwd' | 'settings'>,
): Promise<{ readonly asked: readonly Asked[]; readonly unread: readonly Unwanted[] }> {
  const hosts = [new URL(deps.settings.apiUrl).host];
  const asked: Asked[] = [];
  const unread: Unwanted[] = [];
  for (const text of given) {
    const target = readTarget(text, hosts);
    if (target !== undefined) {
      asked.push({ said: text, target });
      continue;
    }
    const list = await readList(resolve(deps.cwd, text));
    if (list === undefined) throw badTarget(text);
    for (const line of listLines(list)) {
      const said = `${text}:${line.number}: ${line.text.slice(0, 200)}`;
      const listed = readTarget(line.text, hosts);
      if (listed !== undefined) asked.push({ said, target: listed });
      else unread.push(unreadLine(said));
    }
  }
  return { asked, unread };
}

async function readList(path: string): Promise<string | undefined> {
  try {
    const stats = await stat(path);
    if (!stats.isFile() || stats.size > MOST_BYTES) return undefined;
    const bytes = await readFile(path);
    // Windows writes lists in UTF-16 too.
    const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
    return new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes);
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

const FORMS =
  'Name an address of civitai.com or civitai.red, an AIR, a hash, an id, or a file that lists some.';

function badTarget(text: string): UserError {
  return new UserError(`"${text.slice(0, 200)}" is nothing that can be fetched, and no list file.`, {
    code: 'bad-target',
    next: FORMS,
  });
}

function unreadLine(what: string): Unwanted {
  const why = 'The line is nothing that can be fetched.';
  return { what, state: 'failed', code: 'bad-target', why, next: FORMS };
}
