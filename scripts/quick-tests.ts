/** Runs the unit tests that have to do with the staged files; stories, browser and database suites are left to `npm test`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const staged = spawnSync('git', ['diff', '--cached', '--name-only', '--diff-filter=ACMR'], {
  cwd: ROOT,
  encoding: 'utf8',
}).stdout.split('\n');
const sources = staged.filter((path) => /^(src|web|standin)\/.*\.tsx?$/.test(path));

if (sources.length === 0) {
  console.log('No source file is staged: no quick tests to run.');
} else {
  const args = [
    'related',
    '--run',
    '--passWithNoTests',
    '--exclude',
    'test/**',
    '--exclude',
    'src/catalog/**',
    '--reporter=dot',
    ...sources,
  ];
  process.exitCode =
    spawnSync(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), ...args], {
      cwd: ROOT,
      stdio: 'inherit',
    }).status ?? 1;
}
