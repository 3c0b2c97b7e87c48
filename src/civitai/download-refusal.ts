import { SourceError } from '../base/errors.ts';
import { isRecord } from '../base/json.ts';
import { refusalOf } from '../net/refusal.ts';
import { BadAnswer } from '../net/send.ts';

/** Why the site does not hand a file out, and when asking again may help. */
export class DownloadRefusal extends SourceError {
  /** Epoch ms; `undefined` when no time helps. */
  readonly retryAt: number | undefined;

  constructor(said: SourceError, retryAt: number | undefined) {
    super(said.message, {
      code: said.code,
      permanent: true,
      ...(said.next === undefined ? {} : { next: said.next }),
      ...(said.status === undefined ? {} : { status: said.status }),
      ...(said.url === undefined ? {} : { url: said.url }),
    });
    this.retryAt = retryAt;
  }
}

/** A signed address that has run out or was garbled on the way is made anew by asking the site again. */
const TRIES_FOR_LINKS = 3;

/**
 * Reads a refusal on the way to a file (API notes 7.2). The site's own words decide; storage's refusals are about its
 * signed address and worth another try from the start. `hasKey`: whether the request carried one.
 */
export function downloadRefusal(
  answer: { readonly status: number; readonly url: string },
  body: string,
  hasKey: boolean,
): Error {
  if (!isOfSite(answer.url)) return new BadAnswer(storageRefusal(answer, body), TRIES_FOR_LINKS);
  const said = reading(body);
  const details = { status: answer.status, url: answer.url, permanent: true };
  if (answer.status === 401 && /disabled/i.test(said.words)) {
    const text = 'The creator has switched downloads of this file off (401).';
    const next = 'It can be used on the site only; nothing here can change it.';
    return new DownloadRefusal(
      new SourceError(text, { ...details, code: 'downloads-disabled', next }),
      undefined,
    );
  }
  if (answer.status === 401) return new DownloadRefusal(keyRefusal(details, hasKey), undefined);
  if (answer.status === 403 && said.deadline !== undefined) {
    const until = new Date(said.deadline).toISOString().slice(0, 10);
    const text = `It is in early access until ${until}; until then it must be bought on the site (403).`;
    const next = `Run the same command again after ${until}, or buy it and set CIVITAI_API_KEY.`;
    return new DownloadRefusal(
      new SourceError(text, { ...details, code: 'early-access', next }),
      said.deadline,
    );
  }
  return new DownloadRefusal(refusalOf(answer, body), undefined);
}

function keyRefusal(
  details: { status: number; url: string; permanent: boolean },
  hasKey: boolean,
): SourceError {
  return hasKey
    ? new SourceError('The site does not accept the key for this file (401).', {
        ...details,
        code: 'key-refused',
        next: 'Make a new key in your account settings on civitai.com and set CIVITAI_API_KEY.',
      })
    : new SourceError('The site gives this file to members only, and no key is set (401).', {
        ...details,
        code: 'key-needed',
        next: 'Make a key in your account settings on civitai.com, set CIVITAI_API_KEY, and run the same command again.',
      });
}

/** On the site all files are below one path; what lies elsewhere is storage, whatever its host. */
function isOfSite(url: string): boolean {
  return URL.canParse(url) && new URL(url).pathname.startsWith('/api/download/');
}

/** S3 and its kin tell in XML; the code in it is all that is worth keeping, the rest may hold the signature. */
function storageRefusal({ status, url }: { status: number; url: string }, body: string): SourceError {
  const code = /<Code>(\w{1,60})<\/Code>/.exec(body)?.[1];
  const host = URL.canParse(url) ? new URL(url).host : 'storage';
  return new SourceError(
    `${host} refused the signed address (${status}${code === undefined ? '' : `: ${code}`}).`,
    {
      code: 'storage-refused',
      next: 'Run the same command again: it asks for a new address.',
      status,
    },
  );
}

function reading(body: string): { readonly words: string; readonly deadline: number | undefined } {
  try {
    const value: unknown = JSON.parse(body);
    if (!isRecord(value)) return { words: '', deadline: undefined };
    const words = [value['error'], value['message']].filter((word) => typeof word === 'string').join(' ');
    const deadline = typeof value['deadline'] === 'string' ? Date.parse(value['deadline']) : Number.NaN;
    return { words, deadline: Number.isFinite(deadline) ? deadline : undefined };
  } catch {
    return { words: body, deadline: undefined };
  }
}
