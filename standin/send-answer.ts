import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import type { Fault } from './route.ts';
import type { Packed } from './edge.ts';

/** What the faults do to the body on its way out. */
interface Damage {
  truncate: number | undefined;
  difference: number;
  garble: boolean;
  bytesPerSecond: number | undefined;
}

function damageOf(faults: readonly Fault[]): Damage {
  const damage: Damage = { truncate: undefined, difference: 0, garble: false, bytesPerSecond: undefined };
  for (const fault of faults) {
    if (fault.kind === 'truncate') damage.truncate = fault.share;
    if (fault.kind === 'length') damage.difference = fault.difference;
    if (fault.kind === 'bytes') damage.garble = true;
    if (fault.kind === 'trickle') damage.bytesPerSecond = fault.bytesPerSecond;
  }
  return damage;
}

/** Sends bytes, damaged as the faults say. Resolves with the number of body bytes sent; never rejects. */
export async function sendPacked(
  response: ServerResponse,
  packed: Packed,
  faults: readonly Fault[],
  headOnly: boolean,
): Promise<number> {
  if (faults.length === 0 && packed.tail !== undefined && !headOnly)
    return sendInTwo(response, packed, packed.tail);
  const damage = damageOf(faults);
  const sound = packed.tail === undefined ? packed.bytes : Buffer.concat([packed.bytes, packed.tail]);
  const whole = damage.garble ? garbled(sound) : sound;
  const bodyless = headOnly || packed.status === 204 || packed.status === 304;
  const declared = Math.max(0, whole.length + damage.difference);
  // Node would correct or refuse a wrong length; the fault is the point.
  response.strictContentLength = false;
  response.writeHead(packed.status, { ...packed.headers, 'content-length': String(declared) });
  if (bodyless) return ended(response, new Uint8Array(), 0);
  const cut = damage.truncate === undefined ? whole.length : Math.floor(whole.length * damage.truncate);
  const unharmed = cut === whole.length && damage.difference === 0 && damage.truncate === undefined;
  if (damage.bytesPerSecond !== undefined) {
    await trickled(response, whole.subarray(0, cut), damage.bytesPerSecond);
    if (unharmed) return ended(response, new Uint8Array(), cut);
    response.destroy();
    return cut;
  }
  if (unharmed) return ended(response, whole, cut);
  await new Promise<void>((resolve) => {
    response.write(whole.subarray(0, cut), () => resolve());
    response.once('close', () => resolve());
  });
  response.destroy();
  return cut;
}

/** The cheap way for bytes that are half shared: no copy. */
async function sendInTwo(response: ServerResponse, packed: Packed, tail: Uint8Array): Promise<number> {
  const length = packed.bytes.length + tail.length;
  response.writeHead(packed.status, { ...packed.headers, 'content-length': String(length) });
  response.write(packed.bytes);
  return ended(response, tail, length);
}

const TICK_MS = 50;

/** Sends a little every 50 ms until all is sent or nobody listens any more. */
async function trickled(response: ServerResponse, bytes: Uint8Array, bytesPerSecond: number): Promise<void> {
  const share = Math.max(1, Math.floor((bytesPerSecond * TICK_MS) / 1000));
  for (let at = 0; at < bytes.length && !response.destroyed; at += share) {
    response.write(bytes.subarray(at, at + share));
    await delay(TICK_MS);
  }
}

async function ended(response: ServerResponse, bytes: Uint8Array, count: number): Promise<number> {
  await new Promise<void>((resolve) => {
    response.once('close', () => resolve());
    response.end(bytes, () => resolve());
  });
  return count;
}

/** Sends a stream as it comes. Resolves with 0 when the connection broke. */
export async function sendStream(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  stream: Readable,
): Promise<number> {
  response.writeHead(status, headers);
  let sent = 0;
  stream.on('data', (chunk: Buffer) => {
    sent += chunk.length;
  });
  await pipeline(stream, response).catch(() => response.destroy());
  return sent;
}

/** Other bytes of the same length: everything after the first 16 is turned over, so that the type still looks right. */
function garbled(bytes: Uint8Array): Uint8Array {
  const other = Uint8Array.from(bytes);
  for (let at = Math.min(16, other.length >> 1); at < other.length; at += 1)
    other[at] = (other[at] ?? 0) ^ 0x5a;
  return other;
}
