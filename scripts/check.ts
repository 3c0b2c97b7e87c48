/** `npm run check`: every check of the house in one verdict. `--quick` leaves out the slow ones (for the pre-commit hook). */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Check {
  readonly name: string;
  readonly quick: boolean;
  /** A script under node_modules or the project, then its arguments. */
  readonly command: readonly [string, ...string[]];
}

const CHECKS: readonly Check[] = [
  { name: 'types', quick: true, command: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'] },
  {
    name: 'types (web)',
    quick: true,
    command: ['node_modules/typescript/bin/tsc', '-p', 'web/tsconfig.json', '--noEmit'],
  },
  {
    name: 'types (web tests)',
    quick: true,
    command: ['node_modules/typescript/bin/tsc', '-p', 'web/tsconfig.test.json', '--noEmit'],
  },
  {
    name: 'lint',
    quick: true,
    command: [
      'node_modules/oxlint/bin/oxlint',
      '--type-aware',
      '--deny-warnings',
      'src',
      'web',
      'standin',
      'bench',
      'test',
      'scripts',
    ],
  },
  {
    name: 'format',
    quick: true,
    command: [
      'node_modules/prettier/bin/prettier.cjs',
      '--check',
      '--cache',
      '--cache-strategy=content',
      '--log-level',
      'warn',
      '.',
    ],
  },
  {
    name: 'architecture',
    quick: true,
    command: ['node_modules/vitest/vitest.mjs', 'run', '--reporter=dot', 'test/architecture.test.ts'],
  },
  { name: 'docs', quick: false, command: ['scripts/docs.ts', '--check'] },
  { name: 'unused code', quick: false, command: ['node_modules/knip/bin/knip.js', '--no-progress'] },
  { name: 'licences', quick: false, command: ['scripts/licences.ts', '--check'] },
];

async function runCheck(check: Check): Promise<{ check: Check; ok: boolean; output: string; ms: number }> {
  const startedAt = performance.now();
  const [script, ...args] = check.command;
  const child = spawn(process.execPath, [join(ROOT, script), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return {
    check,
    ok: code === 0,
    output: Buffer.concat(output).toString('utf8'),
    ms: performance.now() - startedAt,
  };
}

async function main(): Promise<number> {
  const isQuick = process.argv.includes('--quick');
  const wanted = CHECKS.filter((check) => !isQuick || check.quick);
  const results = [];
  // Two at a time: most of them use a core each.
  for (let index = 0; index < wanted.length; index += 2)
    results.push(...(await Promise.all(wanted.slice(index, index + 2).map(runCheck))));
  for (const { ok, output, check } of results)
    if (!ok) console.log(`\n── ${check.name}\n${output.trimEnd()}`);
  console.log('');
  for (const { check, ok, ms } of results)
    console.log(`  ${ok ? 'ok    ' : 'FAILED'}  ${check.name.padEnd(18)} ${(ms / 1000).toFixed(1)} s`);
  const failed = results.filter((result) => !result.ok).length;
  console.log(failed === 0 ? '\n  All checks pass.' : `\n  ${failed} of ${results.length} checks fail.`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
