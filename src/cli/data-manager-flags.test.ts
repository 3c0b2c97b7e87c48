import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../base/errors.ts';
import type { Option } from '../verbs/option.ts';
import { COMMON_OPTIONS } from './common-options.ts';
import {
  DATA_MANAGER_FLAGS,
  inOurWords,
  isDataManagerCall,
  readDataManagerCall,
} from './data-manager-flags.ts';
import type { FlagValues } from './data-manager-flags.ts';

const OPTIONS: readonly Option[] = [
  ...COMMON_OPTIONS,
  { name: 'max-age', kind: 'text', summary: '' },
  { name: 'pattern', kind: 'list', summary: '' },
  { name: 'profile', kind: 'text', summary: '' },
];
const NONE: FlagValues = new Map();
const COMMANDS = new Set(['help', 'scan', 'missing']);

function words(line: string, config: FlagValues = NONE): string {
  const call = readDataManagerCall(line.split(' '), config, OPTIONS);
  return inOurWords(call, call.output).join(' ');
}

describe('isDataManagerCall', () => {
  it.each([
    ['--all DIR', true],
    ['--all=DIR', true],
    ['--yes --clean --all DIR', true],
    ['--all scan', true],
    ['--catalog scan --onlynew', true],
    ['scan --output DIR PATH', false],
    ['scan --skipmissing PATH', false],
    ['help scan', false],
    ['--json missing', false],
    ['--all-jobs', false],
    ['-j --all', false],
    ['-- --all', false],
    ['', false],
  ])('says of "%s": %s', (line, is) => {
    expect(isDataManagerCall(line.split(' '), COMMANDS, [...COMMON_OPTIONS, JOB])).toBe(is);
  });
});

const JOB: Option = { name: 'job', short: 'j', kind: 'text', summary: '' };

describe('readDataManagerCall', () => {
  it.each([
    ['--all DIR --output OUT', 'scan --profile=collected --output=OUT -- DIR'],
    ['--single a.safetensors --output=OUT', 'scan --profile=collected --output=OUT -- a.safetensors'],
    ['--all DIR --images --output OUT', 'scan --images=all --profile=collected --output=OUT -- DIR'],
    ['--images 3 --all DIR --output OUT', 'scan --images=3 --profile=collected --output=OUT -- DIR'],
    ['--images=first --all DIR --output OUT', 'scan --images=first --profile=collected --output=OUT -- DIR'],
    ['--all DIR --noimages --output OUT', 'scan --images=none --profile=collected --output=OUT -- DIR'],
    [
      '--all D --onlynew --skipmissing --output O',
      'scan --only=new --skip-missing --profile=collected --output=O -- D',
    ],
    [
      '--all D --onlyupdate --noimages --output O',
      'update --images=none --profile=collected --output=O -- D',
    ],
    ['--all D --onlyhtml --images --output O', 'pages --profile=collected --output=O -- D'],
    ['--all D --generateimagejson --output O', 'pages --image-json --collected-in=O'],
    ['--all D --clean --output O --yes', 'clean --yes -- D'],
    ['--all D --notimeout --output O', 'scan --rate=60000 --profile=collected --output=O -- D'],
    [
      '--all D --output O --max-age 30d --json --pattern x/** --rate 9',
      'scan --max-age 30d --json --pattern x/** --rate 9 --profile=collected --output=O -- D',
    ],
    ['--all=-x --output=-y', 'scan --profile=collected --output=-y -- -x'],
  ])('%s', (theirs, ours) => {
    expect(words(theirs)).toBe(ours);
  });

  it('takes an empty folder for whatever was collected in the output folder', () => {
    const call = readDataManagerCall(
      ['--all', '', '--output', 'O', '--generateimagejson'],
      new Map(),
      OPTIONS,
    );
    expect(inOurWords(call, 'O')).toEqual(['pages', '--image-json', '--collected-in=O']);
    expect(() => readDataManagerCall(['--all', '', '--output', 'O'], NONE, OPTIONS)).toThrow(
      /--all is empty/,
    );
  });

  it.each([
    ['--images --noimages --all D', /--images and --noimages exclude/],
    ['--onlynew --onlyhtml --all D', /--onlynew and --onlyhtml exclude/],
    ['--onlynew --onlyupdate --all D', /--onlynew and --onlyupdate exclude/],
    ['--onlyupdate --onlyhtml --all D', /--onlyupdate and --onlyhtml exclude/],
    ['--clean --single f', /--clean and --single exclude/],
    ['--clean --onlynew --all D', /--clean and --onlynew exclude/],
    ['--clean --onlyupdate --all D', /--clean and --onlyupdate exclude/],
    ['--clean --onlyhtml --all D', /--clean and --onlyhtml exclude/],
    ['--all D --single f', /--all and --single exclude/],
    ['--onlynew', /Say what it is about/],
    ['--all', /--all takes a folder, and none is there/],
    ['--all --images', /--all takes a folder, and none is there/],
    ['--all D --output', /--output takes a folder/],
    ['--all D --images=many', /not "many"/],
    ['--all D --images many', /"many" is not expected here/],
    ['--all D E', /"E" is not expected here/],
    ['--all D --onlynew=yes', /--onlynew takes no value/],
    ['--all D --all E', /--all is there twice/],
    ['--all D --profile beside', /write the layout "collected"/],
  ])('refuses %s', (line, sentence) => {
    expect(() => words(line)).toThrow(sentence);
    expect(() => words(line)).toThrow(UserError);
  });

  it('takes from config.json what the command line does not say, and lets the command line beat it', () => {
    const config: FlagValues = new Map<string, string | boolean>([
      ['all', 'models'],
      ['output', 'out'],
      ['images', true],
      ['onlynew', true],
      ['skipmissing', false],
    ]);
    expect(words('--notimeout', config)).toBe(
      'scan --images=all --only=new --rate=60000 --profile=collected --output=out -- models',
    );
    expect(words('--noimages --onlyhtml --output other', config)).toBe(
      'pages --profile=collected --output=other -- models',
    );
    expect(words('--single f.safetensors', config)).toMatch(/-- f\.safetensors$/);
    expect(() => words('--yes', new Map([...config, ['onlyhtml', true]]))).toThrow(/config\.json says/);
    expect(() => words('--yes', new Map([['all', true]]))).toThrow(/"all" in config\.json is no path/);
  });

  it('throws nothing but UserError, and never loses a word that was given', () => {
    const flag = fc.constantFrom(...[...DATA_MANAGER_FLAGS].map((name) => `--${name}`));
    const word = fc.oneof(
      flag,
      fc.constantFrom(
        '--',
        '-',
        '--all=',
        '--images=3',
        '2',
        'all',
        '--json',
        '--rate',
        '__proto__',
        '--=',
        '',
      ),
      fc.string(),
    );
    const value = fc.oneof(fc.boolean(), fc.string(), fc.integer());
    const config = fc.dictionary(fc.constantFrom(...DATA_MANAGER_FLAGS), value);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), config, (argv, said) => {
        try {
          const call = readDataManagerCall(argv, new Map(Object.entries(said)), OPTIONS);
          const ours = inOurWords(call, call.output);
          for (const one of argv.filter((text) => !text.startsWith('-')))
            expect(
              ours.some((text) => text === one || text.endsWith(`=${one}`) || call.verb !== 'scan'),
            ).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
