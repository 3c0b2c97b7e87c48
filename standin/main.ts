import { parseArgs } from 'node:util';
import { AppError, UserError } from '../src/base/errors.ts';
import { startStandin } from './start.ts';
import type { StandinOptions } from './start.ts';

const USAGE = `A stand-in for Civitai on this machine.

  npm run standin -- [--port N] [--models N] [--images N] [--creators N] [--seed N] [--speed N]
                     [--faults SPEC] [--pictures BYTES] [--redirect-media] [--no-cache] [--replay DIR]
`;

const OPTIONS = {
  port: { type: 'string' },
  models: { type: 'string' },
  images: { type: 'string' },
  creators: { type: 'string' },
  seed: { type: 'string' },
  speed: { type: 'string' },
  faults: { type: 'string' },
  pictures: { type: 'string' },
  'redirect-media': { type: 'boolean' },
  'no-cache': { type: 'boolean' },
  replay: { type: 'string' },
  help: { type: 'boolean' },
} as const;

type Given = { -readonly [Name in keyof StandinOptions]: StandinOptions[Name] };

const NUMBERS = ['port', 'models', 'images', 'creators', 'seed', 'speed', 'pictures'] as const;

/** Reads the command line; `undefined` when help is wanted. Throws on what it can't read. */
function readOptions(args: readonly string[]): StandinOptions | undefined {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help === true) return undefined;
  const given: Given = {
    cache: values['no-cache'] !== true,
    redirectMedia: values['redirect-media'] === true,
  };
  for (const name of NUMBERS) {
    const text = values[name];
    if (text === undefined) continue;
    const number = Number(text);
    if (text === '' || !(number >= 0)) {
      throw new UserError(`--${name} wants a number, not "${text}".`, { code: 'bad-number' });
    }
    given[name] = number;
  }
  if (values.faults !== undefined) given.faults = values.faults;
  if (values.replay !== undefined) given.replay = values.replay;
  return given;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  const standin = await startStandin(options);
  process.stdout.write(`The stand-in for Civitai listens at ${standin.apiUrl}\n`);
  const stop = (): void => void standin.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const next = error instanceof AppError && error.next !== undefined ? ` ${error.next}` : '';
  process.stderr.write(`${message}${next}\n`);
  process.exitCode = 1;
});
