/**
 * An absolute path as text: itself, or `hex:` and its bytes where a name on the way is not UTF-8. No absolute path
 * begins so.
 */
export type PathText = string;

const HEX = 'hex:';

/** What the disk calls it. */
export function onDisk(path: PathText): string | Buffer {
  return path.startsWith(HEX) ? Buffer.from(path.slice(HEX.length), 'hex') : path;
}

/** The text of an absolute path given as the disk calls it. */
export function pathText(path: string | Buffer): PathText {
  if (typeof path === 'string') return path;
  const text = path.toString();
  return Buffer.from(text).equals(path) ? text : `${HEX}${path.toString('hex')}`;
}

/** For people, and for folders: U+FFFD where a name is not UTF-8. */
export function shownPath(path: PathText): string {
  return path.startsWith(HEX) ? onDisk(path).toString() : path;
}

/** The name `base` (text, or bytes when it is not UTF-8) in a folder whose path is UTF-8. */
export function pathIn(folder: string, base: string | Buffer): PathText {
  if (typeof base === 'string') return `${folder}/${base}`;
  return pathText(Buffer.concat([Buffer.from(`${folder}/`), base]));
}
