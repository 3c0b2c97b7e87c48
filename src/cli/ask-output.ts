import { resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { printable } from './printable.ts';

/** How a person is asked for a line of text; `undefined` when they would rather not. */
export type AskText = (question: string, byDefault: string) => Promise<string | undefined>;

/**
 * The folder to collect in, when the command line names none: asked for where somebody is there to answer. Throws
 * UserError `no-output`.
 */
export async function askOutput(cwd: string, ask: AskText | undefined): Promise<string> {
  const byDefault = resolve(cwd, 'output');
  const answer = await ask?.('Folder for everything that is collected', byDefault);
  if (answer !== undefined) return resolve(cwd, answer.trim() === '' ? byDefault : answer);
  const nobody = ask === undefined ? ', and nobody is here to be asked' : '';
  throw new UserError(`No folder to collect in was named${nobody}.`, {
    code: 'no-output',
    next: 'Add --output FOLDER.',
  });
}

/** Asks on the terminal. */
export const askOnTerminal: AskText = async (question, byDefault) => {
  const { isCancel, text } = await import('@clack/prompts');
  // After Ctrl-D, or when the terminal hangs up, nothing is left that could answer.
  const gone = new AbortController();
  const hangUp = (): void => gone.abort();
  process.once('beforeExit', hangUp);
  const answer: unknown = await text({
    message: printable(question),
    placeholder: byDefault,
    defaultValue: byDefault,
    signal: gone.signal,
  });
  process.off('beforeExit', hangUp);
  return isCancel(answer) || typeof answer !== 'string' ? undefined : answer;
};
