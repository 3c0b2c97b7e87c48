import { IntegrityError, SourceError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import { discard, readReason } from '../../net/body.ts';
import type { Send } from '../../net/send.ts';
import { kindOf } from './kinds.ts';

/** One file for another program to bring. */
export interface DownloadJob {
  /** Where the bytes are to come, absolute; what lies there already is a part of them. */
  readonly path: string;
  /** Bytes, as announced; `undefined` when it is not known. */
  readonly size: number | undefined;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** A fresh signed address, good for a while; never to be kept or told. */
  signedAddress(): Promise<string>;
  /** Told of bytes that came. */
  onBytes(bytes: number): void;
}

/**
 * Another program that brings bytes to a path. What it brought is hashed and proven by us like everything else, once it
 * has ended: until then nothing is said of the file.
 */
export interface Downloader {
  /** Resolves when all bytes are there. Throws SourceError, InterruptedError. */
  bring(job: DownloadJob): Promise<void>;
}

/** Asks the site for the signed address behind one of its own; the key stays with the site. Throws as the kind's refusals do. */
export async function signedAddress(
  send: Send,
  from: {
    readonly source: string;
    readonly kind: string;
    readonly hasKey: boolean;
    readonly signal: AbortSignal;
  },
): Promise<string> {
  const kind = kindOf(from.kind);
  let found: string | undefined;
  await send({
    method: 'GET',
    url: from.source,
    endpoint: kind.endpoint,
    signal: from.signal,
    follow: false,
    async read(response) {
      const { status, headers } = response;
      const location = headers['location'];
      if (status >= 300 && status < 400 && location !== undefined) {
        found = new URL(location, from.source).href;
      } else if (status < 200 || status >= 300) {
        throw kind.refusal(from.hasKey)(response, await readReason(response.body));
      }
      discard(response.body);
      return response;
    },
  });
  if (found !== undefined) return found;
  throw new IntegrityError('The site did not give a storage address for the file.', {
    code: 'not-a-file',
    next: 'Fetch it with --downloader built-in.',
  });
}

/** What to say when another program could not bring a file. */
export function downloaderFailed(program: string, why: string): SourceError {
  return new SourceError(`${program} could not bring it: ${why}`, {
    code: 'downloader-failed',
    next: 'Run the same command again, or fetch it with --downloader built-in.',
  });
}
