import type { Sha256 } from '../base/ids.ts';
import { SourceError } from '../base/errors.ts';
import { discard, eachChunk } from './body.ts';
import {
  assertFile,
  assertPromised,
  integrity,
  tooLarge,
  TRIES_FOR_WRONG_BYTES,
  type Checks,
} from './body-checks.ts';
import { isNetworkError } from './failure.ts';
import { originOf, stepAfter, type Origin } from './resume-rule.ts';
import { BadAnswer, type Request, type Response, type Send } from './send.ts';

/** Where a body grows; what is there is kept between tries and between runs. */
export interface Part {
  /** Bytes that are there. */
  readonly size: number;
  /** SHA-256 of what is there, hex. */
  digest(): Promise<string> | string;
  write(chunk: Uint8Array): Promise<void> | void;
  /** Forgets everything that is there. */
  restart(): Promise<void> | void;
}

export interface ResumeOptions {
  readonly checks: Checks;
  /** Of which body the part is, when that is known. */
  readonly origin: Origin | undefined;
  /** Told before the first byte of a body is written of which one it is; awaited. */
  readonly onOrigin?: (origin: Origin) => Promise<void>;
}

/** A line that is cut so often in a row, each time after fewer bytes than this, is none. */
const MOST_SMALL_STEPS = 100;
const SMALL_STEP = 64 * 1024;

/**
 * One body into a part, going on where that ends. What is kept is continued only when validator and length agree, or
 * when the hash of the whole is known and proves it; a host that knows no ranges sends everything again, and so does one
 * whose file changed meanwhile. Every try goes the whole way from the request's own address, so signed addresses are
 * fresh. Throws as `transfer` does; the part stays as far as it came, unless its bytes were proven wrong.
 */
export async function resume(
  send: Send,
  request: Omit<Request, 'read' | 'perTry'>,
  part: Part,
  options: ResumeOptions,
): Promise<{ readonly bytes: number; readonly sha256: Sha256 }> {
  const { checks } = options;
  const state = { origin: options.origin };
  const perTry = (): Record<string, string> => (part.size > 0 ? { range: `bytes=${part.size}-` } : {});
  let isCut = false;
  const read = async (response: Response): Promise<Response> => {
    const before = part.size;
    isCut = false;
    try {
      if (response.status !== 416) await assertFile(response, checks);
      await take(response, part, state, options);
      await assertWhole(part, state.origin, checks);
    } catch (error) {
      discard(response.body);
      // Bytes came: the host answers, and asking for the rest is no repetition of a failure.
      isCut = isNetworkError(error) && part.size > before;
      if (!isCut) throw error;
    }
    return response;
  };
  const headers = { ...request.headers, 'accept-encoding': 'identity' };
  for (let small = 0; small < MOST_SMALL_STEPS;) {
    const before = part.size;
    await send({ ...request, headers, perTry, read });
    if (!isCut) return { bytes: part.size, sha256: (await part.digest()) as Sha256 };
    small = part.size - before < SMALL_STEP ? small + 1 : 0;
  }
  throw new SourceError('The line is cut again and again, and hardly a byte comes between.', {
    code: 'no-connection',
    next: 'Check the network; then run the same command again, it goes on where it stopped.',
  });
}

async function take(
  response: Response,
  part: Part,
  state: { origin: Origin | undefined },
  { checks, onOrigin }: ResumeOptions,
): Promise<void> {
  const held = { bytes: part.size, origin: state.origin, isProvable: checks.sha256 !== undefined };
  const step = stepAfter(held, response);
  if (step === 'complete') return discard(response.body);
  if (step === 'anew') {
    await part.restart();
    state.origin = undefined;
    throw new BadAnswer(
      integrity('changed-meanwhile', 'The file on the server is another one than the part that is here.'),
      TRIES_FOR_WRONG_BYTES,
    );
  }
  if (step === 'whole' && part.size > 0) await part.restart();
  state.origin = originOf(response);
  await onOrigin?.(state.origin);
  await eachChunk(response.body, (chunk) => {
    if (part.size + chunk.byteLength > (checks.maxBytes ?? Infinity)) throw tooLarge(checks);
    return part.write(chunk) ?? undefined;
  });
}

/** A body that is short is gone on with; one that is long or has other bytes than promised is begun anew. */
async function assertWhole(part: Part, origin: Origin | undefined, checks: Checks): Promise<void> {
  const { size } = part;
  const total = origin?.total;
  if (total !== undefined && size < total)
    throw new BadAnswer(integrity('wrong-length', `${total} bytes were announced, ${size} came.`));
  try {
    if (total !== undefined && size > total)
      throw new BadAnswer(integrity('wrong-length', `${total} bytes were announced, ${size} came.`));
    assertPromised(size, (await part.digest()) as Sha256, checks);
  } catch (error) {
    await part.restart();
    throw error;
  }
}
