import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Home } from './cli.ts';

const PROGRAM = join(import.meta.dirname, '../bin/civitarium.js');

/** What is typed once the terminal shows `question`. */
export interface Typing {
  readonly question: string;
  readonly typed: string;
}

/**
 * Runs the program on a real terminal of 300 columns, by `script` of util-linux, and types when it asks. All that the
 * terminal showed, without colours; `undefined`, with a printed reason, where there is no `script`.
 */
export async function runOnTerminal(
  home: Home,
  args: readonly string[],
  { question, typed }: Typing,
): Promise<string | undefined> {
  const words = [process.execPath, PROGRAM, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const child = spawn('script', ['-qec', `stty cols 300; ${words.join(' ')}`, '/dev/null'], {
    cwd: home.folder,
    env: { ...home.env, TERM: 'xterm' },
  });
  let said = '';
  let hasTyped = false;
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
    if (hasTyped || !said.includes(question)) return;
    hasTyped = true;
    child.stdin.write(typed);
  });
  return await new Promise((done) => {
    child.once('error', (error) => {
      console.warn(`skipped: no terminal can be had here: ${error.message}`);
      done(undefined);
    });
    child.once('close', () => done(stripVTControlCharacters(said)));
  });
}
