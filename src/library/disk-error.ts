import { EXIT, isSystemError, LibraryError, messageOf } from '../base/errors.ts';

/** What a user reads when the disk refuses, from the system's own error. Errors of ours pass through. */
export function diskError(path: string, cause: unknown): LibraryError {
  if (cause instanceof LibraryError) return cause;
  const code = isSystemError(cause) ? String(cause.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new LibraryError(
      code === 'EDQUOT' ? `Your quota is used up: ${path}` : `The disk is full: ${path}`,
      {
        code: 'disk-full',
        next: 'Free some space, then run the same command again: it goes on where it stopped.',
        exitCode: EXIT.outside,
        cause,
      },
    );
  }
  const known = KNOWN.get(code);
  if (known !== undefined) {
    return new LibraryError(`${known.says}: ${path}`, { code: known.code, next: known.next, cause });
  }
  return new LibraryError(`The disk failed: ${path}: ${messageOf(cause)}`, {
    code: 'disk-failed',
    next: 'Check the drive it lies on.',
    cause,
  });
}

interface Known {
  readonly code: string;
  readonly says: string;
  readonly next: string;
}

const DENIED: Known = {
  code: 'not-writable',
  says: 'Permission denied',
  next: 'Give your user the right to read and write there.',
};
const VANISHED: Known = {
  code: 'file-vanished',
  says: 'It is not there any more',
  next: 'Run the same command again.',
};

const KNOWN: ReadonlyMap<string, Known> = new Map([
  ['EACCES', DENIED],
  ['EPERM', DENIED],
  ['EROFS', { ...DENIED, says: 'The file system is read-only', next: 'Mount it for writing.' }],
  ['ENOENT', VANISHED],
  ['ENOTDIR', VANISHED],
  [
    'ENAMETOOLONG',
    { code: 'name-too-long', says: 'The name is too long for this file system', next: 'Shorten the name.' },
  ],
  ['EISDIR', { code: 'in-the-way', says: 'A folder is in the way', next: 'Rename that folder.' }],
  ['EEXIST', { code: 'in-the-way', says: 'Something is in the way', next: 'Rename what is there.' }],
  ['ENOTEMPTY', { code: 'in-the-way', says: 'A folder is in the way', next: 'Rename that folder.' }],
  [
    'EMFILE',
    { code: 'too-many-files', says: 'Too many files are open', next: 'Raise the limit (ulimit -n).' },
  ],
]);
