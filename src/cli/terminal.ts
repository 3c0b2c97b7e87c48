import type { Terminal } from '../verbs/deps.ts';

/** The person in front of the program, if there is one; `--json` keeps stdout for the last line. */
export function openTerminal(options: { readonly json: boolean; readonly yes: boolean }): Terminal {
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true && !options.json;
  return {
    interactive,
    async confirm(question) {
      if (options.yes) return true;
      if (!interactive) return false;
      const { confirm, isCancel } = await import('@clack/prompts');
      const answer = await confirm({ message: question, initialValue: false });
      return !isCancel(answer) && answer;
    },
    print(line) {
      if (options.json) process.stderr.write(`${line}\n`);
      else process.stdout.write(`${line}\n`);
    },
  };
}
