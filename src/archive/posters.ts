import { spawn } from 'node:child_process';
import { AppError, InterruptedError } from '../base/errors.ts';
import { isMediaHost, posterUrl } from '../civitai/media.ts';
import type { Send } from '../net/send.ts';
import { isHostGone } from '../net/failure.ts';
import { transfer } from '../net/transfer.ts';
import { makeThumbnail } from './thumbnails.ts';

/** A film that is held, of which a still picture is wanted. */
export interface Film {
  /** Absolute. */
  readonly path: string;
  /** Where the site has it. */
  readonly url: string;
}

export interface PosterSources {
  /** `undefined` when the site is not to be asked. */
  readonly send: Send | undefined;
  readonly apiUrl: string;
  readonly signal: AbortSignal;
}

/** A still is small; more than this is none. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Given up after this many ms. */
const FFMPEG_MS = 20_000;

/**
 * Makes small stills of films: the site's own where it can be asked, else the first frame where ffmpeg is found. A film of
 * which there can be none stays without.
 */
export function posterMaker(sources: PosterSources): (film: Film) => Promise<Uint8Array | undefined> {
  let isSiteGone = sources.send === undefined;
  let hasFfmpeg = true;
  return async (film) => {
    if (sources.signal.aborted) throw new InterruptedError();
    const fetched = isSiteGone ? undefined : await fetchStill(film, sources);
    if (fetched === 'gone') isSiteGone = true;
    else if (fetched !== undefined) return fetched;
    const frame = hasFfmpeg ? await firstFrame(film.path, sources.signal) : undefined;
    if (frame === 'no-ffmpeg') hasFfmpeg = false;
    return frame === undefined || frame === 'no-ffmpeg' ? undefined : await makeThumbnail(frame);
  };
}

async function fetchStill(
  { url }: Film,
  { send, apiUrl, signal }: PosterSources,
): Promise<Uint8Array | 'gone' | undefined> {
  const still = posterUrl(url);
  if (still === undefined || send === undefined || !isMediaHost(still, apiUrl)) return undefined;
  let chunks: Uint8Array[] = [];
  const sink = {
    write: (chunk: Uint8Array): void => void chunks.push(chunk.slice()),
    restart: (): void => void (chunks = []),
  };
  try {
    const request = { method: 'GET', url: still, endpoint: 'media', signal } as const;
    await transfer(send, request, sink, { maxBytes: MOST_BYTES });
    return await makeThumbnail(Buffer.concat(chunks));
  } catch (error) {
    if (signal.aborted) throw new InterruptedError();
    if (!(error instanceof AppError)) throw error;
    // A still is no part of what was asked for: what the site refuses is no failure of the run.
    return isHostGone(error) ? 'gone' : undefined;
  }
}

/** The first frame of a film (absolute path) as PNG; `undefined` when it can't be read. */
async function firstFrame(path: string, signal: AbortSignal): Promise<Uint8Array | 'no-ffmpeg' | undefined> {
  // The film's own words may name other files and hosts: only this one is opened.
  const args = ['-v', 'error', '-nostdin', '-protocol_whitelist', 'file', '-i', `file:${path}`];
  const child = spawn('ffmpeg', [...args, '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png', '-'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    // A timer of the process's own would keep a run alive that is done.
    signal: AbortSignal.any([signal, AbortSignal.timeout(FFMPEG_MS)]),
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) child.kill();
    else chunks.push(chunk);
  });
  return await new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ENOENT' ? 'no-ffmpeg' : undefined),
    );
    child.once('close', (code) =>
      resolve(code === 0 && chunks.length > 0 ? Buffer.concat(chunks) : undefined),
    );
  });
}
