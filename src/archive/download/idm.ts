import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { win32 } from 'node:path';
import { InterruptedError, UserError } from '../../base/errors.ts';
import { downloaderFailed } from './downloader.ts';
import type { Downloader } from './downloader.ts';

/** Where Internet Download Manager is installed unless it is told otherwise. */
export const USUAL_IDM = String.raw`C:\Program Files (x86)\Internet Download Manager\IDMan.exe`;

const POLL_MS = 1000;
/** Without one byte more for so long the transfer is given up. */
const PATIENCE_MS = 10 * 60_000;

/**
 * The arguments with which Internet Download Manager fetches an address to a path (absolute, of Windows) at once and
 * without questions. A list, never one text: blanks, quotes and UNC paths need no care.
 */
export function idmArguments(address: string, path: string): string[] {
  return ['/d', address, '/p', win32.dirname(path), '/f', win32.basename(path), '/n', '/q'];
}

/**
 * Internet Download Manager, by its command line. It does not say how a transfer ends, so the file is looked at until it is
 * as long as announced. On Windows only: throws UserError `bad-argument` elsewhere.
 */
export function idm(program: string, platform: NodeJS.Platform): Downloader {
  if (platform !== 'win32') {
    throw new UserError('Internet Download Manager is a program of Windows.', {
      code: 'bad-argument',
      next: 'Use --downloader built-in or aria2.',
    });
  }
  return {
    async bring(job) {
      if (job.size === undefined)
        throw downloaderFailed('IDM', 'the site does not say how long the file is.');
      const child = spawn(program, idmArguments(await job.signedAddress(), job.path), { stdio: 'ignore' });
      const failed = new Promise<never>((_resolve, reject) =>
        child.once('error', (error) => reject(downloaderFailed('IDM', error.message))),
      );
      failed.catch(() => undefined);
      let told = 0;
      for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
        if (job.signal.aborted) throw new InterruptedError();
        const size = statSync(job.path, { throwIfNoEntry: false })?.size ?? 0;
        if (size > told) waited = 0;
        job.onBytes(size - told);
        told = size;
        if (size >= job.size) return;
        await Promise.race([failed, job.clock.sleep(POLL_MS, job.signal).catch(() => undefined)]);
      }
      throw downloaderFailed('IDM', 'no more bytes came.');
    },
  };
}
