import { AppError, EXIT, InterruptedError } from '../base/errors.ts';
import type { ExitCode } from '../base/errors.ts';
import type { ConfigFile } from '../config/schema.ts';
import { EMPTY_TALLY, type Tally } from '../net/tally.ts';
import { VERBS } from '../verbs/list.ts';
import type { Input, OptionValue } from '../verbs/option.ts';
import type { RunResult, Verb } from '../verbs/verb.ts';
import { readArguments } from './arguments.ts';
import { strikeSecrets } from './log-file.ts';
import { describeError, errorLines, jsonRequests, resultLines } from './output.ts';
import type { JsonLine } from './output.ts';
import { placesOf } from './places.ts';
import { printable } from './printable.ts';
import { resolveSettings } from './settings.ts';
import { openTerminal } from './terminal.ts';
import { VERSION } from './version.ts';
import { wrapLine } from '../verbs/wrap-line.ts';
import { openWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

/** Runs the program for these arguments (after its name) and gives its exit code; nothing is thrown. */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  const startedAt = performance.now();
  const json = argv.includes('--json');
  const debug = argv.includes('--debug');
  let command = 'civitarium';
  let workspace: Workspace | undefined;
  const stop = listenForInterrupts();
  try {
    const asked = await readArguments(argv, VERBS, VERSION);
    if (asked.kind === 'shown') return EXIT.done;
    command = asked.verb.name;
    const opened = await openFor(asked.common, stop.signal, command === 'config');
    workspace = opened.workspace;
    const input = withConfig(asked.verb, asked.input, opened.config);
    const result = await asked.verb.run(workspace, input);
    const requests = workspace.requests();
    await workspace.close();
    if (json) printJson(command, result, result.exitCode, requests, startedAt);
    else process.stdout.write(forPeople(resultLines(result), workspace.settings.key, process.stdout));
    return result.exitCode;
  } catch (thrown) {
    const error = stop.signal.aborted && !(thrown instanceof AppError) ? new InterruptedError() : thrown;
    const { exit, failure } = describeError(error, command);
    const requests = workspace?.requests() ?? EMPTY_TALLY;
    await workspace?.close().catch(() => undefined);
    if (json)
      printJson(command, { counts: {}, warnings: [], failures: [failure] }, exit, requests, startedAt);
    process.stderr.write(
      forPeople(
        errorLines(error, command, debug),
        workspace?.settings.key ?? process.env['CIVITAI_API_KEY'],
        process.stderr,
      ),
    );
    return exit;
  } finally {
    stop.end();
  }
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

async function openFor(
  common: Input['options'],
  signal: AbortSignal,
  lenient: boolean,
): Promise<{ workspace: Workspace; config: ConfigFile | undefined }> {
  const places = placesOf(process.env, process.platform);
  const { config, path } = await readConfig(common, places.config, lenient);
  const settings = resolveSettings({
    flags: common,
    env: process.env,
    config,
    configFile: path,
    places,
    cwd: process.cwd(),
  });
  const terminal = openTerminal(settings);
  const colour =
    process.stderr.isTTY === true && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb';
  return {
    workspace: openWorkspace({ settings, config, terminal, signal, cwd: process.cwd(), colour }),
    config,
  };
}

/** `lenient`: a broken file counts as none, so that `config check` can say what is wrong with it. */
async function readConfig(
  common: Input['options'],
  folder: string,
  lenient: boolean,
): Promise<{ config: ConfigFile | undefined; path: string | undefined }> {
  const given = typeof common['config'] === 'string' ? common['config'] : undefined;
  const { findConfig } = await import('../config/file.ts');
  const source = findConfig({ given, env: process.env, cwd: process.cwd(), folder });
  if (source === undefined) return { config: undefined, path: undefined };
  const [{ parseConfig, requireConfig }, { configSchema }] = await Promise.all([
    import('../config/parse.ts'),
    import('../config/schema.ts'),
  ]);
  const verbs = await Promise.all(VERBS.map((entry) => entry.load()));
  const parsed = parseConfig(source, configSchema(verbs), process.env);
  return { config: lenient ? parsed.config : requireConfig(source, parsed), path: source.path };
}

/** A verb's section of the config gives what the command line did not; then the table's own defaults. */
function withConfig(verb: Verb, input: Input, config: ConfigFile | undefined): Input {
  const section = (config?.[verb.name] ?? {}) as Readonly<Record<string, OptionValue>>;
  const options: Record<string, OptionValue> = {};
  for (const option of verb.options) {
    const configured = section[option.name.replaceAll('-', '_')];
    options[option.name] =
      input.options[option.name] ??
      (option.kind === 'optional' && typeof configured === 'number' ? String(configured) : configured) ??
      option.default;
  }
  const takesRoots = verb.arguments[0]?.name === 'path' && input.arguments.length === 0;
  return { arguments: takesRoots && config?.roots !== undefined ? config.roots : input.arguments, options };
}

function printJson(
  command: string,
  result: Pick<RunResult, 'counts' | 'warnings' | 'failures' | 'data'>,
  exit: ExitCode,
  requests: Tally,
  startedAt: number,
): void {
  // What a verb adds can't take the place of what every command says.
  const line: JsonLine = {
    ...result.data,
    command,
    ok: exit === EXIT.done,
    exit,
    counts: result.counts,
    requests: jsonRequests(requests),
    warnings: result.warnings,
    failures: result.failures,
    took_ms: Math.round(performance.now() - startedAt),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Signals closer together than this are one Ctrl-C: a terminal tells the demo and its scan, and the demo tells its scan. */
const ONE_PRESS_MS = 500;

/** The first Ctrl-C asks for a clean stop, the second ends at once. */
function listenForInterrupts(): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  let firstAt = 0;
  const onSignal = (): void => {
    if (controller.signal.aborted && performance.now() - firstAt < ONE_PRESS_MS) return;
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    firstAt = performance.now();
    process.stderr.write('\nStopping cleanly. Press Ctrl-C again to stop at once.\n');
    controller.abort(new InterruptedError());
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    end() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
