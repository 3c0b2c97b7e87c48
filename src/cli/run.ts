import { AppError, EXIT, InterruptedError, UserError } from '../base/errors.ts';
import type { ExitCode } from '../base/errors.ts';
import { sectionOf, withDefaults } from '../config/verb-input.ts';
import { EMPTY_TALLY } from '../net/tally.ts';
import { VERBS } from '../verbs/list.ts';
import type { Input } from '../verbs/option.ts';
import type { RunResult, Verb } from '../verbs/verb.ts';
import { wrapLine } from '../verbs/wrap-line.ts';
import { readArguments } from './arguments.ts';
import type { Asked } from './arguments.ts';
import { askOnTerminal } from './ask-output.ts';
import type { DataManagerOptions } from './data-manager-call.ts';
import { listenForInterrupts } from './interrupts.ts';
import { strikeSecrets } from './log-file.ts';
import { openConfig } from './open-config.ts';
import type { OpenedConfig } from './open-config.ts';
import { openFor } from './open-for.ts';
import { describeError, errorLines, jsonRequests, resultLines } from './output.ts';
import type { Ended, JsonLine } from './output.ts';
import { placesOf } from './places.ts';
import { printable } from './printable.ts';
import { VERSION } from './version.ts';
import type { Workspace } from './workspace.ts';

/** One execution of the program, as far as it has come. */
interface Session {
  readonly json: boolean;
  readonly debug: boolean;
  readonly startedAt: number;
  readonly signal: AbortSignal;
  command: string;
  workspace: Workspace | undefined;
}

/** Runs the program for these arguments (after its name) and gives its exit code; nothing is thrown. */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  const stop = listenForInterrupts();
  const session: Session = {
    json: argv.includes('--json'),
    debug: argv.includes('--debug'),
    startedAt: performance.now(),
    signal: stop.signal,
    command: 'civitarium',
    workspace: undefined,
  };
  try {
    const asked = await readArguments((await dataManagerWords(argv, session)) ?? argv, VERBS, VERSION);
    if (asked.kind === 'shown') return EXIT.done;
    return asked.kind === 'verb' ? await runVerb(asked, session) : await runAsked(asked, argv, session);
  } catch (thrown) {
    return await endWith(thrown, session);
  } finally {
    stop.end();
  }
}

async function runVerb(asked: Extract<Asked, { kind: 'verb' }>, session: Session): Promise<ExitCode> {
  const { verb, common } = asked;
  session.command = verb.name;
  const opened = await openConfig(common, configFolder(), verb.name === 'config');
  const workspace = openFor({ ...opened, common, signal: session.signal });
  session.workspace = workspace;
  const result = await verb.run(workspace, withConfig(verb, asked.input, opened));
  const requests = jsonRequests(workspace.requests());
  await workspace.close();
  const told = { ...result, warnings: [...opened.warnings, ...result.warnings] };
  if (session.json) printJson(endedOf(told, requests), session);
  else process.stdout.write(forPeople(resultLines(told), workspace.settings.key, process.stdout));
  return result.exitCode;
}

/** The same in our words where it is said in those of Civitai Data Manager. */
async function dataManagerWords(
  argv: readonly string[],
  session: Session,
): Promise<readonly string[] | undefined> {
  // Most command lines name a command first: nothing is loaded for those.
  if (argv[0]?.startsWith('-') !== true) return undefined;
  const { fromDataManager } = await import('./data-manager-call.ts');
  return await fromDataManager(argv, dataManagerOptions(session));
}

function dataManagerOptions({ json }: Session): DataManagerOptions {
  const isAnybodyThere = process.stdin.isTTY === true && process.stdout.isTTY === true && !json;
  return {
    verbs: VERBS,
    cwd: process.cwd(),
    ask: isAnybodyThere ? askOnTerminal : undefined,
    warn: (sentence) => process.stderr.write(forPeople([`Warning: ${sentence}`], undefined, process.stderr)),
  };
}

/** `-j`, `--all-jobs` or nothing at all; without any configuration nothing at all shows the help. */
async function runAsked(
  asked: Extract<Asked, { kind: 'jobs' }>,
  argv: readonly string[],
  session: Session,
): Promise<ExitCode> {
  const { which, common } = asked;
  const { config, ...rest } = await openConfig(common, configFolder(), false);
  if (config === undefined && which === 'default') {
    const { fromDataManagerConfig } = await import('./data-manager-call.ts');
    const said = await fromDataManagerConfig(argv, dataManagerOptions(session));
    const meant = said === undefined ? undefined : await readArguments(said, VERBS, VERSION);
    if (meant?.kind === 'verb') return await runVerb(meant, session);
    asked.showHelp();
    return EXIT.done;
  }
  session.command = 'jobs';
  if (config === undefined) {
    throw new UserError('There is no configuration, so there are no jobs.', {
      code: 'no-jobs',
      next: 'Name a file with -c, or write civitarium.yaml.',
    });
  }
  const { runJobs } = await import('./run-jobs.ts');
  const done = await runJobs({
    which,
    opened: { config, ...rest },
    common,
    signal: session.signal,
    debug: session.debug,
    print: (lines, key) => {
      if (!session.json) process.stdout.write(forPeople(lines, key, process.stdout));
    },
    complain: (lines, key) => process.stderr.write(forPeople(lines, key, process.stderr)),
  });
  if (session.json) printJson(done, session);
  return done.exit;
}

async function endWith(thrown: unknown, session: Session): Promise<ExitCode> {
  const { workspace, signal, debug } = session;
  const error = signal.aborted && !(thrown instanceof AppError) ? new InterruptedError() : thrown;
  const { exit, failure } = describeError(error, session.command);
  const requests = jsonRequests(workspace?.requests() ?? EMPTY_TALLY);
  await workspace?.close().catch(() => undefined);
  if (session.json) printJson({ counts: {}, warnings: [], failures: [failure], exit, requests }, session);
  const key = workspace?.settings.key ?? process.env['CIVITAI_API_KEY'];
  process.stderr.write(forPeople(errorLines(error, session.command, debug), key, process.stderr));
  return exit;
}

/** Lines fit for a screen: secrets struck out before any line is broken. */
function forPeople(
  lines: readonly string[],
  key: string | undefined,
  screen: { readonly columns?: number },
): string {
  const struck = printable(strikeSecrets(lines.map((line) => `${line}\n`).join(''), key));
  return struck
    .split('\n')
    .flatMap((line) => wrapLine(line, screen.columns))
    .join('\n');
}

function endedOf(result: RunResult, requests: Ended['requests']): Ended {
  const { counts, warnings, failures, exitCode: exit, data } = result;
  return { ...data, exit, counts, requests, warnings, failures };
}

function configFolder(): string {
  return placesOf(process.env, process.platform).config;
}

/** A verb's section of the configuration gives what the command line did not; then the table's own defaults. */
function withConfig(verb: Verb, input: Input, { config }: OpenedConfig): Input {
  return withDefaults(verb, input, [sectionOf(config, verb.name)], config);
}

function printJson(ended: Ended, { command, startedAt }: Session): void {
  const { exit, counts, requests, warnings, failures, ...more } = ended;
  // What a verb adds can't take the place of what every command says.
  const line: JsonLine = {
    ...more,
    command,
    ok: exit === EXIT.done,
    exit,
    counts,
    requests,
    warnings,
    failures,
    took_ms: Math.round(performance.now() - startedAt),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
