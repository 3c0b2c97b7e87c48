/**
 * `npm run check`: every check of the house in one verdict. `--quick`, for the pre-commit hook, leaves out the slow ones,
 * and looks at staged files only where a check can.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Check {
  readonly name: string;
  readonly quick: boolean;
  /** A script under node_modules or the project, then its arguments. */
  readonly command: readonly [string, ...string[]];
  /** What it looks at, and which staged files stand for that in a quick run; nothing for checks of the whole. */
  readonly paths?: { readonly all: readonly string[]; readonly staged: RegExp };
}

interface Checked {
  readonly check: Check;
  readonly ok: boolean;
  readonly output: string;
  readonly ms: number;
}

const TSC = 'node_modules/typescript/bin/tsc';
const CODE = { all: ['src', 'web', 'standin', 'bench', 'test', 'scripts'], staged: /\.tsx?$/ };
const EVERYTHING = { all: ['.'], staged: /./ };

const CHECKS: readonly Check[] = [
  { name: 'types', quick: true, command: [TSC, '-p', 'tsconfig.json'] },
  { name: 'types (web)', quick: true, command: [TSC, '-p', 'web/tsconfig.json', '--noEmit'] },
  { name: 'types (web tests)', quick: true, command: [TSC, '-p', 'web/tsconfig.test.json', '--noEmit'] },
  {
    name: 'lint',
    quick: true,
    command: ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings'],
    paths: CODE,
  },
  {
    name: 'format',
    quick: true,
    command: ['node_modules/prettier/bin/prettier.cjs', '--check', '--ignore-unknown', '--log-level', 'warn'],
    paths: EVERYTHING,
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

function stagedFiles(): string[] {
  const args = ['diff', '--cached', '--name-only', '-z', '--diff-filter=ACMR'];
  return spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' }).stdout.split('\0').filter(Boolean);
}

/** The paths a check is given; `undefined` when there is nothing for it to look at. */
function pathsFor({ paths }: Check, staged: readonly string[] | undefined): readonly string[] | undefined {
  if (paths === undefined) return [];
  if (staged === undefined) return paths.all;
  const wanted = staged.filter((path) => paths.staged.test(path));
  return wanted.length === 0 ? undefined : wanted;
}

async function runCheck(check: Check, paths: readonly string[]): Promise<Checked> {
  const startedAt = performance.now();
  const [script, ...args] = check.command;
  const child = spawn(process.execPath, [join(ROOT, script), ...args, ...paths], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  const text = Buffer.concat(output).toString('utf8');
  return { check, ok: code === 0, output: text, ms: performance.now() - startedAt };
}

async function main(): Promise<number> {
  const isQuick = process.argv.includes('--quick');
  const staged = isQuick ? stagedFiles() : undefined;
  const wanted = CHECKS.filter((check) => !isQuick || check.quick).flatMap((check) => {
    const paths = pathsFor(check, staged);
    return paths === undefined ? [] : [{ check, paths }];
  });
  const results: Checked[] = [];
  // Two at a time: most of them use a core each.
  for (let index = 0; index < wanted.length; index += 2) {
    const pair = wanted.slice(index, index + 2);
    results.push(...(await Promise.all(pair.map(({ check, paths }) => runCheck(check, paths)))));
  }
  for (const { ok, output, check } of results) {
    if (!ok) console.log(`\n── ${check.name}\n${output.trimEnd()}`);
  }
  console.log('');
  for (const { check, ok, ms } of results) {
    console.log(`  ${ok ? 'ok    ' : 'FAILED'}  ${check.name.padEnd(18)} ${(ms / 1000).toFixed(1)} s`);
  }
  const failed = results.filter((result) => !result.ok).length;
  console.log(failed === 0 ? '\n  All checks pass.' : `\n  ${failed} of ${results.length} checks fail.`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
