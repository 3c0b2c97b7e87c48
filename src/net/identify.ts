import { readFileSync } from 'node:fs';
import type { Send } from './send.ts';

export interface Identity {
  readonly userAgent: string;
  /** The key as it is just now: it may be given up on the way. */
  readonly key: () => string | undefined;
  /** Origins that may see the key. */
  readonly keyOrigins: ReadonlySet<string>;
}

/** The site itself; the origin of the configured API is added to these. */
const SITE_ORIGINS = ['https://civitai.com', 'https://civitai.red'];

/** These never see the key, whatever their origin. */
const KEYLESS_ENDPOINTS = new Set(['media', 'storage']);

/** The origins a key may go to: the API's own, and the site's. */
export function keyOriginsOf(apiUrl: string): ReadonlySet<string> {
  return new Set([new URL(apiUrl).origin, ...SITE_ORIGINS]);
}

/**
 * Our name. It must not look like a browser: to those the site answers refusals with HTML pages (notes: downloads).
 */
function defaultUserAgent(): string {
  return `Civitarium/${packageVersion()} (archiver, command line)`;
}

/** Names of browsers, and what no header can carry. */
const NO_NAME = /mozilla|applewebkit|chrome|safari|firefox|edg\/|opera|[^\x20-\x7e]|^\s*$/i;

/** The name to give: the configured one, or ours when none is or it would do harm, of which `warn` hears. */
export function userAgentOf(configured: string | undefined, warn: (why: string) => void): string {
  if (configured === undefined) return defaultUserAgent();
  if (!NO_NAME.test(configured)) return configured;
  warn('The configured user agent looks like a browser, or is none; our own name is given instead.');
  return defaultUserAgent();
}

/** From the checkout (`src/net`) or from what is installed (`dist/src/net`). */
function packageVersion(): string {
  for (const place of ['../../package.json', '../../../package.json']) {
    try {
      const text = readFileSync(new URL(place, import.meta.url), 'utf8');
      const version = /"version"\s*:\s*"([\w.+-]{1,40})"/.exec(text)?.[1];
      if (version !== undefined) return version;
    } catch {
      continue;
    }
  }
  return '0';
}

/** Puts our name on every request, and the key where it may go; an `authorization` set by anyone else is dropped. */
export function identifying(send: Send, identity: Identity): Send {
  return (request) => {
    const key = identity.key();
    const headers: Record<string, string> = { 'user-agent': identity.userAgent };
    for (const name in request.headers) {
      const value = request.headers[name];
      if (name !== 'authorization' && value !== undefined) headers[name] = value;
    }
    if (!KEYLESS_ENDPOINTS.has(request.endpoint)) {
      headers['accept-encoding'] ??= 'gzip, br';
      if (key !== undefined && identity.keyOrigins.has(originOf(request.url))) {
        headers['authorization'] = `Bearer ${key}`;
      }
    }
    return send({ ...request, headers });
  };
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '';
}
