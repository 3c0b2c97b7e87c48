import { describe, expect, it } from 'vitest';
import type { LoggingSection } from '../config/schema-logging.ts';
import { logSettings } from './log-settings.ts';

const PLAIN = { debug: false, quiet: false, dryRun: false };
const MEBIBYTE = 1024 * 1024;

describe('logSettings', () => {
  it('keeps a file and an empty screen where nothing is said', () => {
    expect(logSettings(PLAIN, undefined)).toEqual({
      file: { level: 'info', maxBytes: 10 * MEBIBYTE, backups: 5 },
      console: undefined,
    });
  });

  it('reads every key', () => {
    const logging: LoggingSection = {
      level: 'DEBUG',
      console: { enabled: true, level: 'WARNING', simple: true },
      file: { enabled: true, level: 'ERROR', max_size: 0.5, backup_count: 2 },
    };

    expect(logSettings(PLAIN, logging)).toEqual({
      file: { level: 'error', maxBytes: MEBIBYTE / 2, backups: 2 },
      console: { level: 'warn', simple: true },
    });
  });

  it('lets no place log less than the level of all', () => {
    const logging: LoggingSection = {
      level: 'WARNING',
      console: { level: 'DEBUG' },
      file: { level: 'CRITICAL' },
    };

    expect(logSettings(PLAIN, logging)).toMatchObject({
      file: { level: 'error' },
      console: { level: 'warn' },
    });
    expect(logSettings(PLAIN, { level: 'error', console: {} })).toMatchObject({
      console: { level: 'error' },
    });
  });

  it.each([[false], [{ enabled: false }]])('keeps no file when told so: %j', (file) => {
    expect(logSettings({ ...PLAIN, debug: true }, { file })).toEqual({
      file: undefined,
      console: { level: 'debug', simple: false },
    });
  });

  it('says everything with --debug, nothing on the screen with --quiet, and writes nothing with --dry-run', () => {
    const logging: LoggingSection = { level: 'error', console: { level: 'error' }, file: true };

    expect(logSettings({ ...PLAIN, debug: true }, logging)).toMatchObject({
      file: { level: 'debug' },
      console: { level: 'debug' },
    });
    expect(logSettings({ ...PLAIN, quiet: true }, logging)).toMatchObject({
      file: { level: 'error' },
      console: undefined,
    });
    expect(logSettings({ ...PLAIN, dryRun: true }, logging).file).toBeUndefined();
  });
});
