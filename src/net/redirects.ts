import { SourceError } from '../base/errors.ts';
import { isLoopbackUrl } from './address.ts';
import { redactUrl } from './redact.ts';
import type { Request, Response, Send } from './send.ts';

/** More hops are a loop or a trap. */
const MOST_HOPS = 5;

/** Where a refused download is sent instead of its file: pages, never bytes. */
const PAGE_PATH = /^\/(?:login|models|model-versions|user|pricing)(?:\/|$)/;

/**
 * Follows redirects itself, at most five. From the first hop on the request has no key. A POST is
 * never sent on. A download that is
 * sent back to the site (a login page) is a SourceError `login-required`; a hop off a download is named `storage`.
 */
export function redirecting(send: Send, siteOrigins: ReadonlySet<string>): Send {
  return async (request) => {
    let current = request;
    for (let hop = 0; hop <= MOST_HOPS; hop += 1) {
      const response = await send(current);
      const location = response.headers['location'];
      if (response.status < 301 || response.status > 308 || response.status === 304 || location === undefined)
        return response;
      const next = nextHop(current, response, location, siteOrigins);
      if (request.follow === false) return response;
      response.body.on('error', () => undefined).destroy();
      current = next;
    }
    throw refused(
      request,
      'too-many-redirects',
      `More than ${MOST_HOPS} redirects followed ${redactUrl(request.url)}.`,
    );
  };
}

function nextHop(
  request: Request,
  response: Response,
  location: string,
  siteOrigins: ReadonlySet<string>,
): Request {
  if (request.method === 'POST') {
    throw refused(
      request,
      'moved',
      `${redactUrl(request.url)} has moved to ${redactUrl(location)}; name that address with --api-url.`,
    );
  }
  if (!URL.canParse(location, request.url)) {
    throw refused(
      request,
      'address-refused',
      `${redactUrl(request.url)} redirects to something that is no address.`,
    );
  }
  const target = new URL(location, request.url);
  const isFile = request.endpoint === 'download' || request.endpoint === 'storage';
  if (isFile && leadsToPage(target, siteOrigins)) {
    throw new SourceError('The site wants a login before it gives this file.', {
      code: 'login-required',
      next: 'Set CIVITAI_API_KEY to a key of your account, and check that the account may download this file.',
      status: response.status,
      permanent: true,
      url: redactUrl(request.url),
    });
  }
  const { authorization: _authorization, 'content-type': _contentType, ...headers } = request.headers ?? {};
  const { body: _body, ...rest } = request;
  return {
    ...rest,
    method: 'GET',
    url: target.href,
    headers,
    endpoint: isFile ? 'storage' : request.endpoint,
  };
}

/** On the real site only another download address is a way to bytes; on this machine storage may share the origin. */
function leadsToPage(target: URL, siteOrigins: ReadonlySet<string>): boolean {
  if (!siteOrigins.has(target.origin)) return false;
  if (isLoopbackUrl(target.href)) return PAGE_PATH.test(target.pathname);
  return !target.pathname.startsWith('/api/download/');
}

function refused(request: Request, code: string, message: string): SourceError {
  return new SourceError(message, { code, permanent: true, url: redactUrl(request.url) });
}
