import type { Response } from './send.ts';

/** What storage said of a body when a part of it was kept. */
export interface Origin {
  /** A strong ETag, else Last-Modified; `undefined` when it gave neither. */
  readonly validator: string | undefined;
  /** Bytes of the whole. */
  readonly total: number | undefined;
}

/** A part of a body that is held. */
export interface HeldPart {
  readonly bytes: number;
  /** `undefined` when it is not known of which body it is a part. */
  readonly origin: Origin | undefined;
  /** True when the hash of the whole is known, so that a wrong continuation is found out. */
  readonly isProvable: boolean;
}

/**
 * What to do with the answer to a request for the rest: write it behind what is held (`append`), write it from the
 * start (`whole`), ask again for everything (`anew`), or nothing because all is there (`complete`).
 */
export type Step = 'append' | 'whole' | 'anew' | 'complete';

/** Decides it. `answer` has a status of 200 to 299, or 416. */
export function stepAfter(held: HeldPart, answer: Pick<Response, 'status' | 'headers'>): Step {
  if (answer.status === 416) return isComplete(held, answer) ? 'complete' : 'anew';
  if (answer.status !== 206) return 'whole';
  const range = contentRange(answer.headers['content-range']);
  if (held.bytes === 0) return range?.from === 0 && range.total === range.to + 1 ? 'whole' : 'anew';
  if (range === undefined || range.from !== held.bytes || range.to + 1 !== range.total) return 'anew';
  const { origin } = held;
  if (origin?.total !== undefined && origin.total !== range.total) return 'anew';
  const now = originOf(answer);
  const isSame = origin?.validator !== undefined && origin.validator === now.validator;
  // Another signed address may name the same bytes otherwise: then the hash of the whole decides.
  return isSame || held.isProvable ? 'append' : 'anew';
}

function isComplete(held: HeldPart, { headers }: Pick<Response, 'headers'>): boolean {
  const total = /^bytes \*\/(\d{1,15})$/.exec(headers['content-range'] ?? '')?.[1];
  return held.bytes > 0 && held.isProvable && Number(total) === held.bytes;
}

/** What an answer says of the whole body that it brings or continues. */
export function originOf({ status, headers }: Pick<Response, 'status' | 'headers'>): Origin {
  const etag = headers['etag'];
  const isStrong = etag !== undefined && /^"[^"]*"$/.test(etag);
  const total =
    status === 206 ? contentRange(headers['content-range'])?.total : lengthOf(headers['content-length']);
  return { validator: isStrong ? etag : headers['last-modified'], total };
}

function lengthOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function contentRange(text: string | undefined): { from: number; to: number; total: number } | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(text?.trim() ?? '');
  if (match === null) return undefined;
  const [from, to, total] = match.slice(1).map(Number) as [number, number, number];
  return from <= to && to < total ? { from, to, total } : undefined;
}
