/**
 * How fast each host may be asked: data, one line a limit, each with its source. The first line that fits counts.
 * `note:` refers to the site's own source, `ours` to our choice.
 */
export interface Limit {
  /** Counted together, apart from all others on the same host. */
  readonly name: string;
  /** Requests in any minute; `undefined`: not counted. */
  readonly perMinute: number | undefined;
  /** Requests under way at once, in one process. */
  readonly concurrency: number;
  /** Between the starts of two requests. */
  readonly minSpacingMs: number;
}

interface LimitLine extends Limit {
  /** Endpoints that begin with one of these. */
  readonly endpoints: readonly string[];
  readonly source: string;
}

const LINES: readonly LimitLine[] = [
  line(
    'media',
    ['media'],
    undefined,
    8,
    0,
    'ours: the image host has no published limit; a browser opens six',
  ),
  line('storage', ['storage'], undefined, 4, 0, 'ours: few large bodies fill any line'),
  line(
    'download',
    ['download'],
    60,
    4,
    0,
    'rolling count in 24 h with a threshold not in the source (dl/models): careful',
  ),
  line(
    'articles',
    ['articles', 'collections'],
    60,
    2,
    0,
    '60 a minute without a key (su/public-api-rate-limit.ts)',
  ),
  line(
    'images',
    ['images'],
    undefined,
    2,
    0,
    '20 heavy requests for all users together (su/request-bulkhead.ts)',
  ),
  line('search', ['search'], undefined, 1, 500, 'gallery-dl waits 0.5 to 1.5 s between calls'),
  line('api', [''], undefined, 4, 0, 'no number is published (D/guide/errors.md)'),
];

function line(
  name: string,
  endpoints: readonly string[],
  perMinute: number | undefined,
  concurrency: number,
  minSpacingMs: number,
  source: string,
): LimitLine {
  return { name, endpoints, perMinute, concurrency, minSpacingMs, source };
}

/** Requests to the API a minute, all its endpoints together, unless configured: below every figure reported as refused. */
export const DEFAULT_RATE_PER_MINUTE = 90;

/** What a user may set for a host, by its name with port: stronger than the table. */
export type HostLimits = Readonly<Record<string, Partial<Omit<Limit, 'name'>>>>;

export interface LimitSettings {
  readonly ratePerMinute?: number;
  readonly mediaConcurrency?: number;
  /** API requests under way at once, all endpoints together; what one kind may take of it stays as it is. */
  readonly concurrency?: number;
  readonly hosts?: HostLimits;
}

/** What the API of one host may be asked in all, and what one kind of request may take of it. */
export interface Allowance {
  readonly limit: Limit;
  /** The API's common rate; `undefined` for media and storage. */
  readonly shared: Limit | undefined;
}

/** The allowance of a request to `host` (name with port) for `endpoint`. Memoises: called for every request. */
export function limitsFor(settings: LimitSettings): (host: string, endpoint: string) => Allowance {
  const known = new Map<string, Allowance>();
  return (host, endpoint) => {
    const key = `${host} ${endpoint}`;
    const allowance = known.get(key) ?? decide(settings, host, endpoint);
    known.set(key, allowance);
    return allowance;
  };
}

function decide(settings: LimitSettings, host: string, endpoint: string): Allowance {
  const found = LINES.find((entry) => entry.endpoints.some((start) => endpoint.startsWith(start)));
  const { name, perMinute, concurrency, minSpacingMs } = found ?? line('api', [''], undefined, 4, 0, 'ours');
  const own = settings.hosts?.[host] ?? {};
  if (name === 'media' || name === 'storage') {
    const chosen = name === 'media' ? (settings.mediaConcurrency ?? concurrency) : concurrency;
    return { limit: { name, perMinute, concurrency: chosen, minSpacingMs, ...own }, shared: undefined };
  }
  const atOnce = own.concurrency ?? settings.concurrency ?? Infinity;
  const chosen = name === 'api' ? (settings.concurrency ?? concurrency) : Math.min(concurrency, atOnce);
  const limit: Limit = { name, perMinute, concurrency: chosen, minSpacingMs, ...own };
  const rate = own.perMinute ?? settings.ratePerMinute ?? DEFAULT_RATE_PER_MINUTE;
  return { limit, shared: { name: 'all', perMinute: rate, concurrency: atOnce, minSpacingMs: 0 } };
}
