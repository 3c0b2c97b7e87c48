import { EXIT } from '../../src/base/errors.ts';
import { generatedFrom, table } from './markdown.ts';

const MEANINGS: Readonly<Record<keyof typeof EXIT, readonly [meaning: string, example: string]>> = {
  done: ['Done.', 'A damaged model header is a note, not a failure.'],
  cannotStart: [
    'It could not start.',
    'A wrong flag, a broken configuration, a path that is not there, an absent drive, a catalog that can not be opened.',
  ],
  ourFault: ['A fault of ours.', 'The stack is printed; please report it.'],
  someFailed: [
    'Done, but some items failed, or `verify` or `doctor` found something wrong.',
    '`civitarium doctor --last` lists them.',
  ],
  outside: [
    'Stopped by the outside.',
    'The site is down or wants a challenge solved, the key is refused, the disk is full. Everything known so far is saved; the same command goes on.',
  ],
  interrupted: ['Interrupted with Ctrl-C.', 'The same command goes on where it stopped.'],
};

/** The exit codes, in the order of their numbers. */
export function exitCodesPage(): string {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  const rows = names.map((name) => [String(EXIT[name]), ...MEANINGS[name]]);
  const parts = [
    generatedFrom('src/base/errors.ts'),
    '# Exit codes',
    table(['code', 'meaning', 'for example'], rows),
    'Jobs of a configuration that all ended alike end the run alike; a run of which only a part failed ends with 3. Interrupted, and a fault of ours, come first.',
    'With `--json` the same number stands in `exit`, and `ok` is true for 0 only.',
  ];
  return `${parts.join('\n\n')}\n`;
}
