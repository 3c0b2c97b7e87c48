import { SourceError } from '../base/errors.ts';
import { says } from './failure.ts';
import { redactUrl } from './redact.ts';

/** What the site's refusals mean, by status: a code, a sentence, a next step. */
const MEANINGS: Readonly<Record<number, readonly [code: string, message: string, next: string]>> = {
  400: [
    'bad-request',
    'The site did not understand the question (400)',
    'This is a fault of ours; please report it.',
  ],
  401: [
    'key-refused',
    'The site refuses the key, or wants one (401)',
    'Make a key in your account settings on civitai.com and set CIVITAI_API_KEY; without one public data still works.',
  ],
  403: [
    'forbidden',
    'The site does not give this to us (403)',
    'Check that your account may see it; early access must be bought.',
  ],
  404: [
    'not-found',
    'The site does not have this, or does not show it (404)',
    'What is known of it stays as it is.',
  ],
  410: [
    'archived',
    'The creator has archived this; the site gives it no more (410)',
    'What is known of it stays as it is.',
  ],
};

/** The error for an answer that says no: permanent, asking again can't help. `body` is the beginning of its text. */
export function refusalOf(
  answer: { readonly status: number; readonly url: string },
  body: string,
): SourceError {
  const { status } = answer;
  const [code, message, next] = MEANINGS[status] ?? [
    'refused',
    `The site refused (${status})`,
    'Nothing was changed.',
  ];
  const why = /early access/i.test(body) && status === 403 ? 'early-access' : code;
  return new SourceError(`${message}${says(body)}.`, {
    code: why,
    next,
    status,
    permanent: true,
    url: redactUrl(answer.url),
  });
}
