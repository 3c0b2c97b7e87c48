import { join } from 'node:path';
import type { RollingStream } from 'pino-roll';
import type { Log } from '../base/log.ts';

/** From the least to the most pressing. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A key in a header, a query or a text, and the password in the address of a database: struck out wherever it shows. */
const SECRET =
  /(authorization["']?\s*[:=]\s*["']?(?:bearer\s+)?|\bbearer\s+|token=|api[_-]?key["']?\s*[:=]\s*["']?|X-Amz-Signature=|postgres(?:ql)?:\/\/[^:@/\s]*:)[^\s"'&,}@]+/gi;

/** Strikes secrets out of a text. */
export function strikeSecrets(text: string, key: string | undefined): string {
  const known = key === undefined || key.length < 8 ? text : text.replaceAll(key, '***');
  return known.replace(SECRET, '$1***');
}

export interface LogOptions {
  readonly folder: string;
  /** `undefined` keeps no file. */
  readonly file: LogFile | undefined;
  /** What is also printed; `undefined` prints nothing. */
  readonly console: { readonly level: LogLevel; readonly simple: boolean } | undefined;
  readonly key: string | undefined;
  print(line: string): void;
}

export interface LogFile {
  readonly level: LogLevel;
  /** A file this long is followed by a new one. */
  readonly maxBytes: number;
  /** Older files that are kept. */
  readonly backups: number;
}

/**
 * A log that opens its rotating file (`civitarium.N.log`, the highest N is the newest) with the first line worth
 * keeping, so that a run with nothing to say costs nothing.
 */
export function openLog(options: LogOptions): Log & { close(): Promise<void> } {
  let writing: Promise<RollingStream | undefined> | undefined;
  const { file, console: screen } = options;
  const say = (level: LogLevel, message: string, facts: Record<string, unknown> | undefined): void => {
    if (screen !== undefined && isWorth(level, screen.level))
      options.print(strikeSecrets(screen.simple ? message : detailed(level, message, facts), options.key));
    if (file === undefined || !isWorth(level, file.level)) return;
    const line = strikeSecrets(
      JSON.stringify({ time: new Date().toISOString(), level, message, ...facts }),
      options.key,
    );
    writing ??= openRolling(options.folder, file);
    void writing.then((stream) => stream?.write(`${line}\n`));
  };
  return {
    debug: (message, facts) => say('debug', message, facts),
    info: (message, facts) => say('info', message, facts),
    warn: (message, facts) => say('warn', message, facts),
    error: (message, facts) => say('error', message, facts),
    async close() {
      const stream = await writing;
      if (stream !== undefined) await endOf(stream);
    },
  };
}

function isWorth(level: LogLevel, least: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);
}

function detailed(level: LogLevel, message: string, facts: Record<string, unknown> | undefined): string {
  return `${level}: ${message}${facts === undefined ? '' : ` ${JSON.stringify(facts)}`}`;
}

/** Waits until the last line is written, but for no disk longer than this. */
const MOST_CLOSING_MS = 2000;

async function endOf(stream: RollingStream): Promise<void> {
  await new Promise<void>((done) => {
    const timer = setTimeout(done, MOST_CLOSING_MS);
    const finish = (): void => {
      clearTimeout(timer);
      done();
    };
    stream.on('close', finish).on('error', finish);
    stream.end();
  });
}

async function openRolling(folder: string, file: LogFile): Promise<RollingStream | undefined> {
  try {
    const { default: roll } = await import('pino-roll');
    const stream = await roll({
      file: join(folder, 'civitarium'),
      extension: '.log',
      size: `${file.maxBytes}b`,
      // Files of earlier runs count as well; the one in use is counted with them.
      limit: { count: file.backups + 1, removeOtherLogFiles: true },
      mkdir: true,
    });
    // A log that can't be written, now or when the disk is full later, must not stop the work it describes.
    stream.on('error', () => undefined);
    return stream;
  } catch {
    return undefined;
  }
}
