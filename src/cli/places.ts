import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The folders of a user, absolute; none is made here. */
export interface Places {
  /** Holds the catalog. */
  readonly data: string;
  readonly state: string;
  readonly cache: string;
  readonly logs: string;
  readonly config: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The platform's own folders; an XDG variable that is set wins on every platform. One that is empty or relative counts
 * as not set, as the XDG specification has it.
 */
export function placesOf(env: Environment, platform: NodeJS.Platform, home: string = homedir()): Places {
  const own = platformPlaces(env, platform, home);
  const state = xdg(env, 'XDG_STATE_HOME');
  return {
    data: xdg(env, 'XDG_DATA_HOME') ?? own.data,
    state: state ?? own.state,
    cache: xdg(env, 'XDG_CACHE_HOME') ?? own.cache,
    logs: state === undefined ? own.logs : join(state, 'logs'),
    config: xdg(env, 'XDG_CONFIG_HOME') ?? own.config,
  };
}

function xdg(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value !== undefined && isAbsolute(value) ? join(value, 'civitarium') : undefined;
}

function platformPlaces(env: Environment, platform: NodeJS.Platform, home: string): Places {
  if (platform === 'win32') return windowsPlaces(env, home);
  if (platform === 'darwin') return macPlaces(home);
  const state = join(home, '.local/state/civitarium');
  return {
    data: join(home, '.local/share/civitarium'),
    state,
    cache: join(home, '.cache/civitarium'),
    logs: join(state, 'logs'),
    config: join(home, '.config/civitarium'),
  };
}

function windowsPlaces(env: Environment, home: string): Places {
  const local = join(env['LOCALAPPDATA'] ?? join(home, 'AppData/Local'), 'Civitarium');
  return {
    data: join(local, 'data'),
    state: join(local, 'state'),
    cache: join(local, 'cache'),
    logs: join(local, 'logs'),
    config: join(env['APPDATA'] ?? join(home, 'AppData/Roaming'), 'Civitarium'),
  };
}

function macPlaces(home: string): Places {
  const support = join(home, 'Library/Application Support/Civitarium');
  return {
    data: support,
    state: join(support, 'state'),
    cache: join(home, 'Library/Caches/Civitarium'),
    logs: join(home, 'Library/Logs/Civitarium'),
    config: support,
  };
}
