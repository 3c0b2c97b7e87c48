import type { FaultName } from './fault-spec.ts';
import { failure, json } from './route.ts';
import type { Answer, Ask } from './route.ts';

/** Where a request belongs, for the wording of its errors. */
type Kin = 'images' | 'models' | 'downloads' | 'bytes' | 'other';

const UNUSUAL_DOWNLOADS =
  "We've noticed an unusual amount of downloading from your account. Please contact support if this is a mistake.";

/**
 * The answer of a fault that replaces the route's own, in the body shape the site uses at that endpoint; `undefined` for
 * faults of another kind. `amount` is seconds for those with Retry-After; `now` is real epoch ms.
 */
export function faultAnswer(
  name: FaultName,
  ask: Pick<Ask, 'endpoint' | 'url'>,
  amount: number | undefined,
  now: number,
): Answer | undefined {
  const kin = kinOf(ask);
  const seconds = amount ?? 2;
  switch (name) {
    case '429':
      return tooMany(kin, { 'retry-after': String(seconds) });
    case '429-date':
      return tooMany(kin, { 'retry-after': httpDate(now + seconds * 1000) });
    case '429-bare':
      return tooMany(kin, {});
    case '500':
      return json(500, { message: 'An unexpected error occurred', error: 'Injected by the stand-in' });
    case '502':
      return page(502, 'Bad gateway', 'The web server reported a bad gateway error.');
    case '503':
      return failure(503, BUSY[kin], { 'retry-after': String(seconds), 'cache-control': 'no-store' });
    case '524':
      return page(524, 'A timeout occurred', 'The origin web server timed out responding to this request.');
    case 'html':
      return page(200, 'Just a moment...', 'Enable JavaScript and cookies to continue');
    case 'html-403':
      return page(403, 'Just a moment...', 'Enable JavaScript and cookies to continue', {
        'cf-mitigated': 'challenge',
      });
    case 'error-200':
      return json(200, { error: 'An unexpected error occurred' });
    case 'redirect':
      return elsewhere(ask.url, amount);
    default:
      return refusalAnswer(name, kin);
  }
}

function refusalAnswer(name: FaultName, kin: Kin): Answer | undefined {
  switch (name) {
    case '401':
      if (kin !== 'downloads') return failure(401, 'Unauthorized');
      return json(401, {
        error: 'Unauthorized',
        message: 'The creator of this asset requires you to be logged in to download it',
      });
    case '403':
      if (kin !== 'downloads') return failure(403, 'Forbidden');
      return failure(403, 'You do not have access to download this file');
    case '404':
      return kin === 'downloads' ? failure(404, 'File not found') : failure(404, 'Model not found');
    case '410':
      return failure(410, 'Model archived, not available for download');
    case '451':
      // Where the bytes lie nobody looks at regions: one thing is held back, not the whole site.
      if (kin === 'bytes') return { status: 451, text: 'Unavailable For Legal Reasons' };
      return json(451, { error: 'Access is not available in your region.', code: 'REGION_BLOCKED' });
    default:
      return undefined;
  }
}

const BUSY: Readonly<Record<Kin, string>> = {
  images: 'Image search is temporarily overloaded — please retry.',
  models: 'Model search is temporarily overloaded — please retry.',
  downloads: 'Server busy, please retry shortly.',
  bytes: 'Server busy, please retry shortly.',
  other: 'Server busy, please retry shortly.',
};

/** The same question, put to another server of this machine. */
function elsewhere(url: URL, port: number | undefined): Answer {
  const other = new URL(url);
  if (port !== undefined) other.port = String(port);
  return { status: 302, headers: { location: other.href, 'cache-control': 'no-store' } };
}

function tooMany(kin: Kin, headers: Readonly<Record<string, string>>): Answer {
  const message = kin === 'downloads' ? UNUSUAL_DOWNLOADS : 'Rate limit exceeded, please retry shortly.';
  return failure(429, message, headers);
}

function kinOf(ask: Pick<Ask, 'endpoint' | 'url'>): Kin {
  if (ask.url.pathname.startsWith('/api/download')) return 'downloads';
  if (ask.endpoint === 'media' || ask.endpoint === 'storage') return 'bytes';
  if (ask.endpoint === 'images') return 'images';
  return ask.endpoint === 'models' ? 'models' : 'other';
}

/** A date as HTTP writes it; whole seconds, rounded up. */
function httpDate(epochMs: number): string {
  return new Date(Math.ceil(epochMs / 1000) * 1000).toUTCString();
}

function page(status: number, title: string, text: string, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=UTF-8', 'cache-control': 'no-store', ...headers },
    text: `<!DOCTYPE html><html lang="en-US"><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>`,
  };
}
