import { SourceError } from '../../base/errors.ts';

/** What an unofficial question came to: its answer, or a sentence about why there is none. */
export type UnofficialAnswer<T> = { readonly value: T; readonly note?: never } | { readonly note: string };

/**
 * Asks something that nobody promised an answer to: that it is refused, or broken, is no failure of the run. Whether the
 * whole site is down the public questions find out.
 */
export async function askUnofficial<T>(what: string, ask: () => Promise<T>): Promise<UnofficialAnswer<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { note: `${what}: the unofficial question was not answered: ${error.message}` };
  }
}
