import { systemClock } from '../src/base/clock.ts';
import type { Clock } from '../src/base/clock.ts';
import { placesOf } from '../src/cli/places.ts';
import { resolveSettings } from '../src/cli/settings.ts';
import { openWorkspace } from '../src/cli/workspace.ts';
import type { Deps } from '../src/verbs/deps.ts';
import type { Input, OptionValue } from '../src/verbs/option.ts';
import type { RunResult, Verb } from '../src/verbs/verb.ts';
import type { Home } from './cli.ts';

export interface VerbRunOptions {
  /** Common flags: `{ 'api-url': …, 'force-refresh': true }`. */
  readonly flags: Readonly<Record<string, OptionValue>>;
  readonly arguments?: readonly string[];
  /** The verb's own flags. */
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** Replaces parts of the workspace, for example the clock. */
  readonly replace?: (deps: Deps) => Partial<Deps>;
}

/** Runs a verb in this process for a user, with all real parts but those that are replaced. */
export async function runVerb(verb: Verb, home: Home, options: VerbRunOptions): Promise<RunResult> {
  const settings = resolveSettings({
    flags: { rate: 60_000, quiet: true, ...options.flags },
    env: home.env,
    config: undefined,
    configFile: undefined,
    places: placesOf(home.env, process.platform, home.folder),
    cwd: home.folder,
  });
  const terminal = {
    interactive: false,
    confirm: () => Promise.resolve(settings.yes),
    print: () => undefined,
  };
  const workspace = openWorkspace({
    settings,
    config: undefined,
    terminal,
    signal: new AbortController().signal,
    cwd: home.folder,
    colour: false,
  });
  try {
    const input: Input = { arguments: options.arguments ?? [], options: options.options ?? {} };
    return await verb.run({ ...workspace, ...options.replace?.(workspace) }, input);
  } finally {
    await workspace.close();
  }
}

/** The machine's clock, put forward. */
export function clockAhead(ms: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + ms };
}
