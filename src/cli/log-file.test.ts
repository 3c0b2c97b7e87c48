import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLog, strikeSecrets } from './log-file.ts';
import type { LogOptions } from './log-file.ts';

const KEY = 'abcdef0123456789abcdef0123456789';

describe('openLog', () => {
  let folder: string;
  let printed: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'civitarium-log-'));
    printed = [];
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function open(options: Partial<LogOptions> = {}): ReturnType<typeof openLog> {
    return openLog({
      folder: join(folder, 'logs'),
      file: { level: 'info', maxBytes: 10_000_000, backups: 5 },
      console: undefined,
      key: KEY,
      print: (line) => printed.push(line),
      ...options,
    });
  }

  function lines(): unknown[] {
    const [name = ''] = readdirSync(join(folder, 'logs'));
    const text = readFileSync(join(folder, 'logs', name), 'utf8');
    return text
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  }

  it('makes no folder while there is nothing to say', async () => {
    const log = open();

    log.debug('below its level');
    await log.close();

    expect(existsSync(join(folder, 'logs'))).toBe(false);
  });

  it('writes a line of JSON for each thing said, in order, before it is closed', async () => {
    const log = open();

    log.info('first', { url: 'https://civitai.com/' });
    log.error('second');
    await log.close();

    expect(lines()).toMatchObject([
      { level: 'info', message: 'first', url: 'https://civitai.com/' },
      { level: 'error', message: 'second' },
    ]);
    expect(printed).toEqual([]);
  });

  it('writes nothing to disk when told so, and prints every line when debugging', async () => {
    const log = open({ file: undefined, console: { level: 'debug', simple: false } });

    log.debug('a step', { files: 3 });
    await log.close();

    expect(existsSync(join(folder, 'logs'))).toBe(false);
    expect(printed).toEqual(['debug: a step {"files":3}']);
  });

  it('prints from its level on, and with `simple` only the message', async () => {
    const log = open({ file: undefined, console: { level: 'warn', simple: true } });

    log.info('not this');
    log.warn('this', { files: 3 });
    await log.close();

    expect(printed).toEqual(['this']);
  });

  it('begins a new file when one is full, and keeps as many old ones as asked, those of earlier runs too', async () => {
    const file = { level: 'info', maxBytes: 200, backups: 2 } as const;
    for (let run = 0; run < 6; run += 1) {
      const log = open({ file });
      // Longer than a file may be: each of these is followed by a new one.
      log.info(`run ${run} ${'x'.repeat(250)}`);
      await rolled(run);
      log.info(`after ${run}`);
      await log.close();
    }

    const names = readdirSync(join(folder, 'logs')).sort();
    expect(names.length).toBeLessThanOrEqual(4);
    expect(names).toContain('civitarium.7.log');
    expect(names).not.toContain('civitarium.1.log');
    expect(names.filter((name) => !/^civitarium\.\d+\.log$/.test(name))).toEqual([]);
  });

  async function rolled(run: number): Promise<void> {
    const next = join(folder, 'logs', `civitarium.${run + 2}.log`);
    await vi.waitFor(() => expect(existsSync(next)).toBe(true), 5000);
  }

  it('keeps the key out of file and screen', async () => {
    const log = open({ console: { level: 'debug', simple: false } });

    log.warn(`sent ${KEY}`, {
      headers: { authorization: `Bearer ${KEY}` },
      url: `https://civitai.com/x?token=${KEY}`,
    });
    await log.close();

    expect(JSON.stringify([lines(), printed])).not.toContain(KEY);
  });

  it('goes on without a file when the folder can not be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    const log = open({ folder: join(folder, 'file', 'logs') });

    log.error('said to nobody');

    await expect(log.close()).resolves.toBeUndefined();
  });
});

describe('strikeSecrets', () => {
  it.each([
    ['Authorization: Bearer s3cret', 'Authorization: Bearer ***'],
    ['{"authorization":"Bearer s3cret"}', '{"authorization":"Bearer ***"}'],
    ['https://x.test/f?token=s3cret&a=1', 'https://x.test/f?token=***&a=1'],
    ['api_key: s3cret', 'api_key: ***'],
    ['API-KEY = "s3cret"', 'API-KEY = "***"'],
    ['{"api_key":"s3cret"}', '{"api_key":"***"}'],
    ['sent with bearer s3cret', 'sent with bearer ***'],
    ['postgres://ana:s3cret@db/models', 'postgres://ana:***@db/models'],
    ['https://r2.test/f?X-Amz-Signature=s3cret', 'https://r2.test/f?X-Amz-Signature=***'],
  ])('strikes the secret out of %j', (text, struck) => {
    expect(strikeSecrets(text, undefined)).toBe(struck);
  });

  it.each(['with a key in CIVITAI_API_KEY the site may show more', 'no Authorization header was sent'])(
    'leaves a sentence about keys alone: %s',
    (text) => {
      expect(strikeSecrets(text, undefined)).toBe(text);
    },
  );

  it('strikes out the known key wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        (before, after) => !strikeSecrets(before + KEY + after, KEY).includes(KEY),
      ),
    );
  });

  it('leaves ordinary text alone', () => {
    expect(strikeSecrets('212 requests, 3 tokens of trigger words', undefined)).toBe(
      '212 requests, 3 tokens of trigger words',
    );
  });
});
