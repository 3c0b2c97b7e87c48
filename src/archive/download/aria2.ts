import { basename, dirname } from 'node:path';
import { InterruptedError, messageOf, UserError } from '../../base/errors.ts';
import { isRecord } from '../../base/json.ts';
import { isLoopbackUrl } from '../../net/address.ts';
import { redact } from '../../net/redact.ts';
import { downloaderFailed } from './downloader.ts';
import type { Downloader, DownloadJob } from './downloader.ts';

/** Where aria2 listens unless it is told otherwise. */
export const USUAL_ARIA2 = 'http://127.0.0.1:6800/jsonrpc';

const POLL_MS = 250;
const ANSWER_MS = 10_000;

/**
 * aria2 by its JSON-RPC, with the secret it was started with, if any. It must run on this machine: it writes to our paths,
 * and signed addresses go to nobody else. Throws UserError `bad-argument`.
 */
export function aria2(address: string, secret: string | undefined): Downloader {
  if (!URL.canParse(address) || !isLoopbackUrl(address)) {
    throw new UserError(`aria2 must listen on this machine, not at ${redact(address)}.`, {
      code: 'bad-argument',
      next: `Start it with aria2c --enable-rpc; it listens at ${USUAL_ARIA2}.`,
    });
  }
  const call = caller(address, secret);
  return {
    async bring(job) {
      const gid = await call('aria2.addUri', [[await job.signedAddress()], optionsOf(job.path)]);
      if (typeof gid !== 'string') throw downloaderFailed('aria2', 'it gave no number for the transfer.');
      try {
        await untilDone(gid, job, call);
      } catch (error) {
        await call('aria2.forceRemove', [gid]).catch(() => undefined);
        throw error;
      } finally {
        await call('aria2.removeDownloadResult', [gid]).catch(() => undefined);
      }
    },
  };
}

function optionsOf(path: string): Record<string, string> {
  return {
    dir: dirname(path),
    out: basename(path),
    continue: 'true',
    'allow-overwrite': 'true',
    'auto-file-renaming': 'false',
    'file-allocation': 'none',
    // Its notes beside the file would hold the signed address.
    'auto-save-interval': '0',
    'always-resume': 'false',
  };
}

type Call = (method: string, params: readonly unknown[]) => Promise<unknown>;

async function untilDone(gid: string, job: DownloadJob, call: Call): Promise<void> {
  let told = 0;
  for (;;) {
    if (job.signal.aborted) throw new InterruptedError();
    const now = await call('aria2.tellStatus', [
      gid,
      ['status', 'completedLength', 'errorCode', 'errorMessage'],
    ]);
    const { status, completedLength, errorCode, errorMessage } = isRecord(now) ? now : {};
    const done = Number(completedLength ?? 0);
    job.onBytes(done - told);
    told = done;
    if (status === 'complete') return;
    if (status === 'error' || status === 'removed' || status === undefined) {
      const words = typeof errorMessage === 'string' ? redact(errorMessage).slice(0, 200) : String(status);
      throw downloaderFailed('aria2', `${words} (${String(errorCode ?? '?')}).`);
    }
    await job.clock.sleep(POLL_MS, job.signal).catch(() => undefined);
  }
}

function caller(address: string, secret: string | undefined): Call {
  return async (method, params) => {
    const all = secret === undefined ? params : [`token:${secret}`, ...params];
    const body = JSON.stringify({ jsonrpc: '2.0', id: 'civitarium', method, params: all });
    try {
      const { request } = await import('undici');
      const answer = await request(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const value: unknown = await answer.body.json();
      const error = isRecord(value) ? value['error'] : undefined;
      if (isRecord(error)) throw new Error(redact(String(error['message'] ?? 'no reason given')));
      return isRecord(value) ? value['result'] : undefined;
    } catch (error) {
      throw downloaderFailed('aria2', `${messageOf(error)} (${method} at ${address}).`);
    }
  };
}
