import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfigFile } from '../config/schema.ts';
import type { Input } from '../verbs/option.ts';
import { placesOf } from './places.ts';
import { resolveSettings } from './settings.ts';

type Given = { flags?: Input['options']; env?: Record<string, string>; config?: ConfigFile };

const API = { url: 'https://civitai.red/api/v1', rate: 30, patience: 10 };

function settings({ flags = {}, env = {}, config }: Given = {}): ReturnType<typeof resolveSettings> {
  return resolveSettings({
    flags,
    env,
    config,
    configFile: undefined,
    places: placesOf({}, 'linux', '/home/ana'),
    cwd: '/srv',
  });
}

describe('resolveSettings', () => {
  it('has defaults that need no configuration and no key', () => {
    expect(settings()).toMatchObject({
      catalog: '/home/ana/.local/share/civitarium/catalog.db',
      apiUrl: 'https://civitai.com/api/v1',
      key: undefined,
      rate: 90,
      patienceMs: 60_000,
      mediaConcurrency: 8,
      asking: { timeoutMs: 40_000, retries: 9, retryDelayMs: 1000, concurrency: 4 },
      browsingLevel: 31,
      dryRun: false,
    });
  });

  it('lets flags win over the environment, the environment over the config, the config over the defaults', () => {
    const config = { catalog: 'from-config.db', api: { ...API, key: 'key-of-the-config' } };
    const env = {
      CIVITARIUM_CATALOG: 'from-env.db',
      CIVITARIUM_API_URL: 'https://civitai.com/api/v1',
      CIVITAI_API_KEY: 'key-of-the-env',
    };

    expect(settings({ config })).toMatchObject({
      catalog: '/srv/from-config.db',
      apiUrl: API.url,
      key: 'key-of-the-config',
      rate: 30,
      patienceMs: 10_000,
    });
    expect(settings({ config, env })).toMatchObject({
      catalog: '/srv/from-env.db',
      apiUrl: 'https://civitai.com/api/v1',
      key: 'key-of-the-env',
    });
    expect(
      settings({ config, env, flags: { catalog: '/abs/flag.db', rate: 120, patience: 1 } }),
    ).toMatchObject({ catalog: '/abs/flag.db', rate: 120, patienceMs: 1000 });
  });

  it("takes CivitScraper's defaults where the file speaks its words, ours elsewhere", () => {
    const theirs = settings({ config: { api: { base_url: 'https://civitai.com/api/v1' } } });

    expect(theirs).toMatchObject({
      rate: 100,
      asking: { timeoutMs: 30_000, retries: 3, breaker: { failures: 5, resetMs: 60_000 } },
    });
    expect(settings({ config: { api: { key: 'a-key-of-someone' } } }).asking).toEqual(settings().asking);
  });

  it('reads how the network asks', () => {
    const batch = {
      max_concurrent: 2,
      retry_delay: 250,
      cache_size: 7,
      circuit_breaker: { failure_threshold: 3, reset_timeout: 9 },
    };
    const api = { timeout: 12, max_retries: 0, user_agent: 'me', batch };
    const scanner = { cache_dir: '.cache', cache_validity: 60 };

    expect(settings({ config: { api, scanner } }).asking).toEqual({
      timeoutMs: 12_000,
      retries: 0,
      retryDelayMs: 250,
      userAgent: 'me',
      concurrency: 2,
      breaker: { failures: 3, resetMs: 9000 },
      cache: { entries: 7, validityMs: 60_000, folder: '/srv/.cache' },
    });
    expect(settings({ config: { api: { batch: { enabled: false, max_concurrent: 4 } } } })).toMatchObject({
      asking: { concurrency: 1 },
      mediaConcurrency: 1,
    });
  });

  it('lets a file refresh, be quiet and log elsewhere, and --debug speak all the same', () => {
    const config = {
      scanner: { force_refresh: true },
      logging: { console: { enabled: false }, file: { directory: 'logs' } },
    };

    expect(settings({ config })).toMatchObject({ forceRefresh: true, quiet: true, logFolder: '/srv/logs' });
    expect(settings({ config, flags: { debug: true } })).toMatchObject({ quiet: false });
  });

  it('counts empty variables as not set', () => {
    const env = { CIVITARIUM_CATALOG: '', CIVITARIUM_API_URL: '', CIVITAI_API_KEY: ' ' };

    expect(settings({ env })).toEqual(settings());
  });

  it('keeps the address of a PostgreSQL as it is', () => {
    expect(settings({ flags: { catalog: 'postgres://ana@db/models' } }).catalog).toBe(
      'postgres://ana@db/models',
    );
  });

  it.each(['your_api_key', 'your_api_key_here', 'YOUR-API-KEY', '${CIVITAI_KEY}', '$CIVITAI_KEY', ''])(
    'takes the sample key %j for none',
    (key) => {
      expect(settings({ config: { api: { ...API, key } } }).key).toBeUndefined();
    },
  );

  it('refuses a key that no header can carry', () => {
    expect(() => settings({ env: { CIVITAI_API_KEY: 'abc\ndef' } })).toThrow(
      expect.objectContaining({ code: 'bad-key' }),
    );
  });

  it.each(['PG,PG13', 'pg pg-13', '3', 'sfw'])('reads the levels %j', (levels) => {
    expect(settings({ flags: { 'browsing-level': levels } }).browsingLevel).toBe(3);
  });

  it.each(['G', '0', 'PG,?', '64', '-1', ','])('refuses the levels %j', (levels) => {
    expect(() => settings({ flags: { 'browsing-level': levels } })).toThrow(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  });

  it.each([
    'ftp://civitai.com',
    'civitai.com/api/v1',
    'http://civitai.com/api/v1',
    'https://ana:secret@civitai.com/api',
    'https://civitai.com/api/v1?token=abc',
    '',
  ])('refuses the address %j without showing what may be secret in it', (url) => {
    const thrown = errorOf(() => settings({ flags: { 'api-url': url || 'nothing' } }));

    expect(thrown).toMatchObject({ code: 'bad-api-url', exitCode: 1 });
    expect(String(thrown)).not.toMatch(/secret|abc/);
  });

  it.each(['http://127.0.0.1:8080/api/v1', 'http://localhost:8080/api/v1', 'http://[::1]:80/api/v1'])(
    'takes plain http on the loopback: %s',
    (url) => {
      expect(settings({ flags: { 'api-url': `${url}/` } }).apiUrl).toBe(url);
    },
  );

  it('gives an address that can be parsed and is safe to send a key to, or refuses', () => {
    const url = fc.oneof(
      fc.webUrl({ withQueryParameters: true, validSchemes: ['http', 'https', 'ftp'] }),
      fc.string(),
    );
    fc.assert(
      fc.property(url, (given) => {
        const apiUrl = valueOf(() => settings({ flags: { 'api-url': given } }).apiUrl);
        if (apiUrl === undefined) return;
        const { protocol, hostname, search } = new URL(apiUrl);
        expect(protocol === 'https:' || /^(?:localhost|\[::1\]|127\.)/.test(hostname)).toBe(true);
        expect(search).toBe('');
        expect(apiUrl.endsWith('/')).toBe(false);
      }),
    );
  });
});

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

function valueOf<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
