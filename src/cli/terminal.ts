import type { Terminal } from '../verbs/deps.ts';
import { printable } from './printable.ts';

/** The person in front of the program, if there is one; `--json` keeps stdout for the last line. */
export function openTerminal(options: { readonly json: boolean; readonly yes: boolean }): Terminal {
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true && !options.json;
  return {
    interactive,
    width: options.json ? undefined : process.stdout.columns,
    async confirm(question, byDefault = false) {
      if (options.yes) return true;
      if (!interactive) return false;
      const { confirm, isCancel } = await import('@clack/prompts');
      const answer = await confirm({ message: printable(question), initialValue: byDefault });
      return !isCancel(answer) && answer;
    },
    async ask(question) {
      if (!interactive) return undefined;
      const { text, isCancel } = await import('@clack/prompts');
      const answer = await text({ message: printable(question) });
      return isCancel(answer) || typeof answer !== 'string' || answer.trim() === ''
        ? undefined
        : answer.trim();
    },
    print(line) {
      const stream = options.json ? process.stderr : process.stdout;
      stream.write(`${printable(line)}\n`);
    },
  };
}
