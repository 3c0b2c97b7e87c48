import { join } from 'node:path';
import type { RollingStream } from 'pino-roll';
import type { Log } from '../base/log.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** A key in a header, a query or a text, and the password in the address of a database: struck out wherever it shows. */
const SECRET =
  /(authorization["':\s]*(?:bearer\s+)?|token=|api[_-]?key["'=:\s]+|X-Amz-Signature=|postgres(?:ql)?:\/\/[^:@/\s]*:)[^\s"'&,}@]+/gi;

/** Strikes secrets out of a text. */
export function strikeSecrets(text: string, key: string | undefined): string {
  const known = key === undefined || key.length < 8 ? text : text.replaceAll(key, '***');
  return known.replace(SECRET, '$1***');
}

export interface LogOptions {
  readonly folder: string;
  readonly level: Level;
  readonly file: boolean;
  /** Also print every line to stderr. */
  readonly debug: boolean;
  readonly key: string | undefined;
  print(line: string): void;
}

/**
 * A log that opens its rotating file (10 MiB, five kept) with the first line worth keeping, so that a run with nothing
 * to say costs nothing.
 */
export function openLog(options: LogOptions): Log & { close(): Promise<void> } {
  let writing: Promise<RollingStream | undefined> | undefined;
  const order: readonly Level[] = ['debug', 'info', 'warn', 'error'];
  const say = (level: Level, message: string, facts: Record<string, unknown> | undefined): void => {
    if (options.debug)
      options.print(
        strikeSecrets(
          `${level}: ${message}${facts === undefined ? '' : ` ${JSON.stringify(facts)}`}`,
          options.key,
        ),
      );
    if (!options.file || order.indexOf(level) < order.indexOf(options.level)) return;
    const line = strikeSecrets(
      JSON.stringify({ time: new Date().toISOString(), level, message, ...facts }),
      options.key,
    );
    writing ??= openRolling(options.folder);
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

async function openRolling(folder: string): Promise<RollingStream | undefined> {
  try {
    const { default: roll } = await import('pino-roll');
    const stream = await roll({
      file: join(folder, 'civitarium'),
      extension: '.log',
      size: '10m',
      limit: { count: 5 },
      mkdir: true,
    });
    // A log that can't be written, now or when the disk is full later, must not stop the work it describes.
    stream.on('error', () => undefined);
    return stream;
  } catch {
    return undefined;
  }
}
