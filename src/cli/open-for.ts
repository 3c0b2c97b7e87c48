import type { ConfigFile } from '../config/schema.ts';
import type { Input } from '../verbs/option.ts';
import { placesOf } from './places.ts';
import { resolveSettings } from './settings.ts';
import { openTerminal } from './terminal.ts';
import { openWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

/** The workspace of one command or job: settings from flags, environment and configuration, and what they open. */
export function openFor(asked: {
  readonly common: Input['options'];
  readonly config: ConfigFile | undefined;
  /** Where the configuration was found. */
  readonly path: string | undefined;
  readonly signal: AbortSignal;
}): Workspace {
  const { config, signal } = asked;
  const settings = resolveSettings({
    flags: asked.common,
    env: process.env,
    config,
    configFile: asked.path,
    places: placesOf(process.env, process.platform),
    cwd: process.cwd(),
  });
  const terminal = openTerminal(settings);
  const colour =
    process.stderr.isTTY === true && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb';
  return openWorkspace({ settings, config, terminal, signal, cwd: process.cwd(), colour });
}
