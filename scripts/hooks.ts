/** `npm run hooks`: has git use the hooks that the project tracks in `.githooks/`. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { status } = spawnSync('git', ['config', 'core.hooksPath', '.githooks'], {
  cwd: ROOT,
  stdio: 'inherit',
});
console.log(
  status === 0
    ? 'The pre-commit hook is on: format, lint, types, architecture and quick tests before each commit.'
    : 'git did not take the setting; is this a git checkout?',
);
process.exitCode = status ?? 1;
