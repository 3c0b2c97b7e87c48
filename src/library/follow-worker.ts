import { createHash, type Hash } from 'node:crypto';
import { openSync, readSync } from 'node:fs';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { ASKED, GROWN, TOLD, type FollowSetup } from './follow-protocol.ts';

/** Hashes a file as it grows, by reading what was just written, until the thread is ended. See follow-hash.ts. */
function follow(port: MessagePort, { path, control }: FollowSetup): void {
  const fd = openSync(path, 'r');
  const hash = createHash('sha256');
  const told = new Int32Array(control);
  const counts = new BigInt64Array(control);
  let at = 0;
  let answered = 0n;
  for (;;) {
    const seen = Atomics.load(told, TOLD);
    // Before the size: see follow-hash.ts.
    const asked = Atomics.load(counts, ASKED);
    at = hashUpTo(fd, hash, at, Number(Atomics.load(counts, GROWN)));
    if (asked > answered) {
      answered = asked;
      port.postMessage(hash.copy().digest('hex'));
    }
    Atomics.wait(told, TOLD, seen);
  }
}

const buffer = Buffer.allocUnsafeSlow(256 * 1024);

function hashUpTo(fd: number, hash: Hash, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const read = readSync(fd, buffer, 0, Math.min(buffer.length, end - at), at);
    if (read === 0) throw new Error('The file is shorter than was said.');
    hash.update(buffer.subarray(0, read));
    at += read;
  }
  return at;
}

if (parentPort === null) throw new Error('This file runs as a worker thread only.');
follow(parentPort, workerData as FollowSetup);
