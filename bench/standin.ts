import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** A stand-in in a process of its own, so that neither side shares its time with the other. */
export interface StandinProcess {
  /** What `--api-url` wants. */
  readonly apiUrl: string;
  close(): Promise<void>;
}

/** Starts the stand-in with some flags of `npm run standin`; resolves once it listens. Throws when it ends before. */
export async function startStandinProcess(flags: readonly string[]): Promise<StandinProcess> {
  const script = join(import.meta.dirname, '../standin/main.ts');
  const child = spawn(process.execPath, [script, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const apiUrl = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      const found = /http:\/\/\S+/.exec(text);
      if (found !== null) resolve(found[0]);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The stand-in ended with ${code}.`)));
  });
  return {
    apiUrl,
    async close() {
      child.kill('SIGTERM');
      // Connections that are kept open would hold it for a while.
      const late = setTimeout(() => child.kill('SIGKILL'), 2000);
      await ended;
      clearTimeout(late);
    },
  };
}
