import { availableParallelism } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { parseLevels } from '../civitai/levels.ts';
import { isSampleKey } from '../config/sample-key.ts';
import type { ConfigFile } from '../config/schema.ts';
import { DEFAULT_ASKING } from '../net/asking.ts';
import type { Settings } from '../verbs/deps.ts';
import type { Input } from '../verbs/option.ts';
import { askingOf, speaksTheirs, THEIR_RATE } from './asking.ts';
import type { Places } from './places.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface SettingsSources {
  readonly flags: Input['options'];
  readonly env: Environment;
  readonly config: ConfigFile | undefined;
  readonly configFile: string | undefined;
  readonly places: Places;
  readonly cwd: string;
}

/** Defaults, then the config file, then the environment, then flags. Throws UserError on values that can't be. */
export function resolveSettings(sources: SettingsSources): Settings {
  const { flags, env, config, places, cwd } = sources;
  const api = config?.api;
  const asking = askingOf(config, cwd);
  return {
    catalog: catalogPlace(
      text(flags['catalog']) ?? filled(env['CIVITARIUM_CATALOG']) ?? config?.catalog,
      places,
      cwd,
    ),
    apiUrl: apiUrl(
      text(flags['api-url']) ?? filled(env['CIVITARIUM_API_URL']) ?? api?.url ?? 'https://civitai.com/api/v1',
    ),
    key: usableKey(env['CIVITAI_API_KEY']) ?? usableKey(api?.key),
    rate: Math.max(1, number(flags['rate']) ?? api?.rate ?? (speaksTheirs(api) ? THEIR_RATE : 90)),
    patienceMs: 1000 * (number(flags['patience']) ?? api?.patience ?? usualPatience(asking)),
    mediaConcurrency: config?.media?.concurrency ?? (api?.batch?.enabled === false ? 1 : 8),
    asking,
    browsingLevel: browsingLevel(text(flags['browsing-level']) ?? api?.browsing_level),
    hashThreads: config?.hashing?.threads ?? availableParallelism(),
    hashKinds: config?.hashing?.also ?? [],
    indexSort: config?.gallery?.sort,
    unofficial: config?.unofficial === true,
    dryRun: flags['dry-run'] === true,
    yes: flags['yes'] === true,
    forceRefresh: flags['force-refresh'] === true || config?.scanner?.force_refresh === true,
    quiet:
      flags['quiet'] === true || (config?.logging?.console?.enabled === false && flags['debug'] !== true),
    debug: flags['debug'] === true,
    json: flags['json'] === true,
    stateFolder: places.state,
    cacheFolder: places.cache,
    logFolder: logFolder(config, places, cwd),
    configFolder: places.config,
    configFile: sources.configFile,
  };
}

/** Seconds: enough to see an endpoint again that was left alone, however long the configuration leaves it. */
function usualPatience({ breaker }: Settings['asking']): number {
  return 60 + Math.max(0, breaker.resetMs - DEFAULT_ASKING.breaker.resetMs) / 1000;
}

function text(value: Input['options'][string]): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: Input['options'][string]): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function filled(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}

/** A key that a sample configuration ships counts as none. Throws UserError for what no header can carry. */
function usableKey(key: string | undefined): string | undefined {
  const trimmed = key?.trim();
  if (trimmed === undefined || trimmed === '' || isSampleKey(trimmed) || /^\$[{A-Za-z_]/.test(trimmed))
    return undefined;
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new UserError('The Civitai key holds blanks or letters that no key has.', {
    code: 'bad-key',
    next: 'Copy it again from your account settings into CIVITAI_API_KEY.',
  });
}

function logFolder(config: ConfigFile | undefined, places: Places, cwd: string): string {
  const file = config?.logging?.file;
  const given = typeof file === 'object' ? file.directory : undefined;
  return given === undefined ? places.logs : resolve(cwd, given);
}

function catalogPlace(given: string | undefined, places: Places, cwd: string): string {
  if (given === undefined) return join(places.data, 'catalog.db');
  if (/^postgres(ql)?:\/\//.test(given)) return given;
  return isAbsolute(given) ? given : resolve(cwd, given);
}

function apiUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UserError(`"${given}" is not an address of an API.`, {
      code: 'bad-api-url',
      next: 'It looks like https://civitai.com/api/v1.',
    });
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new UserError(`${url.origin} would carry your key and your questions in the clear.`, {
      code: 'bad-api-url',
      next: 'Use https; plain http is for loopback only.',
    });
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new UserError(
      `The address of the API takes no name, password or question: ${url.origin}${url.pathname}`,
      { code: 'bad-api-url', next: 'A key goes into CIVITAI_API_KEY.' },
    );
  }
  return given.trim().replace(/\/+$/, '');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function browsingLevel(given: string | number | undefined): number {
  const levels = parseLevels(given === undefined ? 'all' : String(given));
  if (levels !== undefined) return levels;
  throw new UserError(`"${String(given)}" is not a list of rating levels.`, {
    code: 'bad-argument',
    next: 'Levels are PG, PG13, R, X, XXX, joined by commas; sfw, nsfw and all are groups of them.',
  });
}
