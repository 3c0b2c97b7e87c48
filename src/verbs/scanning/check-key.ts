import { InterruptedError, SourceError } from '../../base/errors.ts';
import type { Deps } from '../deps.ts';

/**
 * Has the site say whose key it is; the answer is remembered for a day. A refused key is given up for this run, because
 * public data needs none: the result is what to tell the user, nothing when all is well. An outage is not told here.
 */
export async function checkKey(deps: Deps): Promise<string[]> {
  if (deps.settings.key === undefined) return [];
  try {
    await (await deps.client()).me();
    return [];
  } catch (error) {
    if (deps.signal.aborted) throw new InterruptedError();
    if (!(error instanceof SourceError)) throw error;
    if (error.code !== 'key-refused') return [];
    (await deps.net()).dropKey();
    return [
      'Civitai refuses the key that is set (CIVITAI_API_KEY, or api.key in the configuration); this run asks without one. Make a new key in your account settings on civitai.com.',
    ];
  }
}
