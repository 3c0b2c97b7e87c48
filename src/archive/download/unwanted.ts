import { SourceError } from '../../base/errors.ts';
import { isHostGone } from '../../net/failure.ts';
import type { Unwanted } from './want.ts';

/** What the site's refusal means for one target; says nothing of the others. Throws what ends the whole run. */
export function unwantedBy(error: unknown, what: string): Unwanted {
  const isGone: boolean = isHostGone(error);
  if (isGone || !(error instanceof SourceError)) throw error;
  const { code, message: why, next } = error;
  return { what, state: error.permanent ? 'refused' : 'failed', code, why, next };
}

/** A target that the site does not know. */
export function notThere(
  what: string,
  why = 'The site does not have it, or does not show it (404).',
): Unwanted {
  const next = 'Check the address; with a key in CIVITAI_API_KEY the site may show more.';
  return { what, state: 'refused', code: 'not-found', why, next };
}
