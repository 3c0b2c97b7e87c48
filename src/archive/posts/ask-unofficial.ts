import { SourceError } from '../../base/errors.ts';
import { isHostGone } from '../../net/failure.ts';

/** What an unofficial question came to: its answer, or a sentence about why there is none. */
export type UnofficialAnswer<T> = { readonly value: T; readonly note?: never } | { readonly note: string };

/** Asks something that nobody promised an answer to: its refusal is no failure of the run. Throws what ends the run. */
export async function askUnofficial<T>(what: string, ask: () => Promise<T>): Promise<UnofficialAnswer<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    const isGone: boolean = isHostGone(error);
    if (isGone || !(error instanceof SourceError)) throw error;
    return { note: `${what}: the unofficial question was not answered: ${error.message}` };
  }
}
