/**
 * `npm test`: builds the browser app, runs every suite with real parts, and ends with a line `N passed, N failed`.
 * Arguments go on to vitest. With CIVITARIUM_NO_SKIP=1 a skipped test is a failure.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** What may be skipped even where nothing may: it needs what no machine of ours can bring along. */
const MAY_SKIP: readonly { readonly suite: RegExp; readonly test: RegExp; readonly why: string }[] = [
  {
    suite: /(?:realdata[\w-]*|replay)\.test\.ts$/,
    test: /./,
    why: 'recordings of real answers are not part of the project',
  },
  { suite: /write-outputs\.test\.ts$/, test: /not writable/, why: 'root may write everywhere' },
  { suite: /trash\.test\.ts$/, test: /drive/, why: 'there may be one drive only' },
];

function run(command: string, args: readonly string[]): number {
  return (
    spawnSync(process.execPath, [join(ROOT, 'node_modules', command), ...args], {
      cwd: ROOT,
      stdio: 'inherit',
    }).status ?? 1
  );
}

function main(): number {
  const built =
    spawnSync(process.execPath, [join(ROOT, 'scripts/build.ts')], { cwd: ROOT, stdio: 'inherit' }).status ??
    1;
  if (built !== 0) return finish({ passed: 0, failed: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-tests-'));
  const outputFile = join(folder, 'report.json');
  try {
    const status = run('vitest/vitest.mjs', [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${outputFile}`,
      ...process.argv.slice(2),
    ]);
    if (!existsSync(outputFile)) return finish({ passed: 0, failed: 1 });
    return finish(judge(JSON.parse(readFileSync(outputFile, 'utf8')) as Report, status));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A suite that could not be loaded has no failed test in it, but it is a failure all the same. */
function judge(report: Report, status: number): { passed: number; failed: number } {
  const brokenSuites = report.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed'),
  );
  for (const suite of brokenSuites) console.log(`not loaded: ${suite.name}: ${suite.message}`);
  const skipped = report.testResults.flatMap((suite) =>
    suite.assertionResults
      .filter((test) => test.status === 'skipped' || test.status === 'pending' || test.status === 'todo')
      .map((test) => ({ name: test.fullName, why: excuse(suite.name, test.fullName) })),
  );
  for (const { name, why } of skipped) console.log(`skipped: ${name}${why === undefined ? '' : ` (${why})`}`);
  const mayNot = process.env['CIVITARIUM_NO_SKIP'] === '1';
  const counted = mayNot ? skipped.filter(({ why }) => why === undefined).length : 0;
  const failed = report.numFailedTests + brokenSuites.length + counted;
  return { passed: report.numPassedTests, failed: failed === 0 && status !== 0 ? 1 : failed };
}

function excuse(suite: string, test: string): string | undefined {
  return MAY_SKIP.find((one) => one.suite.test(suite) && one.test.test(test))?.why;
}

function finish({ passed, failed }: { passed: number; failed: number }): number {
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

process.exitCode = main();
