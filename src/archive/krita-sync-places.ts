import { existsSync } from 'node:fs';
import { posix, win32 } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where Krita AI Diffusion keeps its list, most likely first: in Krita's own data folder, else in one of the plug-in's.
 * Absolute; the names follow Qt's rules for application data on each platform.
 */
export function kritaPlaces(platform: NodeJS.Platform, env: Environment): string[] {
  const { join } = platform === 'win32' ? win32 : posix;
  return dataFolders(platform, env, join).flatMap((data) => [
    join(data, 'krita', 'ai_diffusion', 'database', 'loras.json'),
    join(data, 'krita-ai-diffusion', 'database', 'loras.json'),
  ]);
}

function dataFolders(
  platform: NodeJS.Platform,
  env: Environment,
  join: (...parts: string[]) => string,
): string[] {
  const home = (platform === 'win32' ? env['USERPROFILE'] : env['HOME']) ?? '';
  if (platform === 'win32')
    return [env['APPDATA'], env['LOCALAPPDATA']].flatMap(
      (folder, index) =>
        folder ?? (home === '' ? [] : join(home, 'AppData', index === 0 ? 'Roaming' : 'Local')),
    );
  if (home === '') return env['XDG_DATA_HOME'] === undefined ? [] : [env['XDG_DATA_HOME']];
  if (platform === 'darwin') return [join(home, 'Library', 'Application Support')];
  const own = env['XDG_DATA_HOME'];
  // A Flatpak and a Snap have a home of their own.
  return [
    ...(own === undefined || own === '' ? [] : [own]),
    join(home, '.local', 'share'),
    join(home, '.var', 'app', 'org.kde.krita', 'data'),
    join(home, 'snap', 'krita', 'current', '.local', 'share'),
  ];
}

/** The first of the places that exists. */
export function findKritaLoras(places: readonly string[]): string | undefined {
  return places.find((place) => existsSync(place));
}
