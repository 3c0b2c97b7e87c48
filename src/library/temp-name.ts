import { hash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** Most file systems hold names of at most so many bytes. */
const MAX_NAME = 255;

/** On a shared drive another machine's processes have numbers too. Once a process: it is part of every file's name. */
const HOST_TAG = hash('sha256', hostname()).slice(0, 6);

/**
 * A new name for the temp file of `targetName`, in the same folder: `.<short>.civitarium-<pid>-<host><n>.tmp`, never
 * longer than 255 bytes. Hidden, so that neither a walk nor a person takes it for the file.
 */
export function tempName(targetName: string): string {
  const tail = `.civitarium-${process.pid}-${HOST_TAG}${randomUUID().slice(0, 8)}.tmp`;
  return `.${cutToBytes(targetName, MAX_NAME - tail.length - 1)}${tail}`;
}

const TEMP = /\.civitarium-(\d{1,10})-([0-9a-f]{6})[0-9a-f]{8}\.tmp$/;

/** Who made a temp file, by its name; `undefined` when the name is none of ours. */
export function tempMaker(name: string): { readonly pid: number; readonly here: boolean } | undefined {
  const match = name.startsWith('.') ? TEMP.exec(name) : null;
  if (match === null) return undefined;
  return { pid: Number(match[1]), here: match[2] === HOST_TAG };
}

function cutToBytes(text: string, max: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= max) return text;
  let end = max;
  // A byte 10xxxxxx goes on with a letter: cut before the letter, not within it.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
