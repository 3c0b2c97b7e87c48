import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** How a program ended and what it printed, both streams. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** True when the project lies in a git checkout. */
export const IS_CHECKOUT: boolean = existsSync(join(ROOT, '.git'));

/** Runs a program in a folder, free of what a git hook that started the tests may have set. */
export function runIn(cwd: string, command: string, ...args: readonly string[]): Outcome {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:GIT_|npm_)/.test(name)),
  );
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  return { code: status, output: error === undefined ? `${stdout}${stderr}` : error.message };
}

/** Copies the files that git knows or would take, as they are now; the installed packages are shared. */
export function copyCheckout(target: string): void {
  const { output } = runIn(ROOT, 'git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
  for (const path of output.split('\0').filter((name) => name !== '' && existsSync(join(ROOT, name)))) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    copyFileSync(join(ROOT, path), join(target, path));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(target, 'node_modules'));
}
