import type { LevelName, LoggingSection } from '../config/schema-logging.ts';
import type { Settings } from '../verbs/deps.ts';
import { LOG_LEVELS } from './log-file.ts';
import type { LogLevel, LogOptions } from './log-file.ts';

const MEBIBYTE = 1024 * 1024;

/**
 * What is kept and printed of the log. `logging.level` is the floor of both places, as in Python; `--debug` takes it
 * away, `--quiet` keeps the screen empty and the file going, `--dry-run` writes no file.
 */
export function logSettings(
  settings: Pick<Settings, 'debug' | 'quiet' | 'dryRun'>,
  logging: LoggingSection | undefined,
): Pick<LogOptions, 'file' | 'console'> {
  return { file: fileOf(settings, logging), console: consoleOf(settings, logging) };
}

function fileOf(
  { debug, dryRun }: Pick<Settings, 'debug' | 'dryRun'>,
  logging: LoggingSection | undefined,
): LogOptions['file'] {
  const file = logging?.file;
  const own = typeof file === 'object' ? file : undefined;
  if (dryRun || file === false || own?.enabled === false) return undefined;
  return {
    level: atLeast(debug ? 'debug' : logging?.level, own?.level),
    maxBytes: Math.round((own?.max_size ?? 10) * MEBIBYTE),
    backups: own?.backup_count ?? 5,
  };
}

function consoleOf(
  { debug, quiet }: Pick<Settings, 'debug' | 'quiet'>,
  logging: LoggingSection | undefined,
): LogOptions['console'] {
  const own = logging?.console;
  const simple = own?.simple ?? false;
  if (debug) return { level: 'debug', simple };
  if (quiet || own === undefined || own.enabled === false) return undefined;
  return { level: atLeast(logging?.level, own.level), simple };
}

/** The stricter of two levels; of one that is not said the other; `info` when neither is. */
function atLeast(floor: LevelName | undefined, own: LevelName | undefined): LogLevel {
  const [one, other] = [levelOf(floor ?? own), levelOf(own ?? floor)];
  return LOG_LEVELS.indexOf(one) > LOG_LEVELS.indexOf(other) ? one : other;
}

function levelOf(name: LevelName | undefined): LogLevel {
  const level = (name ?? 'info').toLowerCase();
  if (level === 'warning') return 'warn';
  return level === 'critical' ? 'error' : (LOG_LEVELS.find((one) => one === level) ?? 'info');
}
