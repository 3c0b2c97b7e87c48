import { homedir } from 'node:os';
import { join } from 'node:path';

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

/** XDG folders, or the platform's own on macOS and Windows. */
export function placesOf(env: Environment, platform: NodeJS.Platform, home = homedir()): Places {
  if (platform === 'win32') return windowsPlaces(env, home);
  if (platform === 'darwin' && env['XDG_DATA_HOME'] === undefined) return macPlaces(home);
  const state = join(env['XDG_STATE_HOME'] ?? join(home, '.local/state'), 'civitarium');
  return {
    data: join(env['XDG_DATA_HOME'] ?? join(home, '.local/share'), 'civitarium'),
    state,
    cache: join(env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'civitarium'),
    logs: join(state, 'logs'),
    config: join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'civitarium'),
  };
}

function windowsPlaces(env: Environment, home: string): Places {
  const local = join(env['LOCALAPPDATA'] ?? join(home, 'AppData/Local'), 'Civitarium');
  const roaming = join(env['APPDATA'] ?? join(home, 'AppData/Roaming'), 'Civitarium');
  return { data: join(local, 'data'), state: join(local, 'state'), cache: join(local, 'cache'), logs: join(local, 'logs'), config: roaming };
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
