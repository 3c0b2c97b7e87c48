import { UserError } from '../base/errors.ts';
import type { Option } from '../verbs/option.ts';

/** A command in Civitai Data Manager's words: `--all DIR` or `--single FILE`, and no verb. */
export interface DataManagerCall {
  readonly verb: 'scan' | 'update' | 'pages' | 'clean';
  readonly kind: 'folder' | 'file';
  /** As it was given; empty for "whatever was collected in the output folder". */
  readonly path: string;
  readonly output: string | undefined;
  /** Our flags: those that theirs mean, then the ones that were given in our own words. */
  readonly flags: readonly string[];
}

/** What `config.json` says: values by flag name, without dashes. */
export type FlagValues = ReadonlyMap<string, string | number | boolean>;

const PLACES = ['all', 'single', 'output'] as const;
const MARKS = [
  'noimages',
  'generateimagejson',
  'onlynew',
  'skipmissing',
  'onlyupdate',
  'onlyhtml',
  'clean',
  'notimeout',
  'noconfig',
] as const;

/** Every flag of theirs, without dashes. */
export const DATA_MANAGER_FLAGS: ReadonlySet<string> = new Set([...PLACES, 'images', ...MARKS]);

/** Requests a minute without a pace of our own; what the site asks for (`Retry-After`) is still waited for. */
const NO_PACE = '60000';

const IMAGE_JSON = '--image-json';

/** True when a flag of theirs stands where a command would; `common`: flags that may stand before one. */
export function isDataManagerCall(
  argv: readonly string[],
  commands: ReadonlySet<string>,
  common: readonly Option[],
): boolean {
  const valued = spellingsOf(common.filter((option) => option.kind !== 'flag'));
  for (const [index, word] of argv.entries()) {
    if (valued.has(argv[index - 1] ?? '')) continue;
    if (word === '--' || commands.has(word)) return false;
    if (DATA_MANAGER_FLAGS.has(nameOf(word))) return true;
  }
  return false;
}

/**
 * Reads a call in their words. What the command line says beats `config`, flag by flag, and takes away what it excludes.
 * `options`: every flag of ours that may stand among theirs. Throws UserError `bad-argument`.
 */
export function readDataManagerCall(
  argv: readonly string[],
  config: FlagValues,
  options: readonly Option[],
): DataManagerCall {
  const { said, rest } = takeApart(argv, options);
  refuseContradictions(said, '');
  const values = new Map([...config].filter(([name, value]) => value !== false && !isExcluded(name, said)));
  for (const [name, value] of said) values.set(name, value);
  refuseContradictions(values, ' (config.json says a part of it; --noconfig leaves it out)');
  return callOf(values, rest);
}

/** The same in our words. `output`: absolute or as it was given. */
export function inOurWords(call: DataManagerCall, output: string | undefined): string[] {
  const { verb, path, flags } = call;
  // Notes of pictures follow from what lies in the output folder alone.
  const isWhole = path === '' || flags.includes(IMAGE_JSON);
  const layout =
    output === undefined
      ? []
      : isWhole
        ? [`--collected-in=${output}`]
        : ['--profile=collected', `--output=${output}`];
  return [verb, ...flags, ...(verb === 'clean' ? [] : layout), ...(isWhole ? [] : ['--', path])];
}

interface Words {
  readonly said: Map<string, string | true>;
  readonly rest: readonly string[];
}

function takeApart(argv: readonly string[], options: readonly Option[]): Words {
  const needed = spellingsOf(options.filter(({ kind }) => kind !== 'flag' && kind !== 'optional'));
  const said = new Map<string, string | true>();
  const rest: string[] = [];
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const name = nameOf(word);
    const inline = word.includes('=') ? word.slice(word.indexOf('=') + 1) : undefined;
    if (!word.startsWith('-') || word === '-' || word === '--') throw unexpected(word);
    if (!DATA_MANAGER_FLAGS.has(name)) {
      rest.push(word);
      const value = words[0];
      if (inline === undefined && value !== undefined && needed.has(word)) rest.push(words.shift() ?? '');
    } else put(said, name, valueOf(name, inline, words));
  }
  return { said, rest };
}

function put(said: Map<string, string | true>, name: string, value: string | true): void {
  if (said.has(name) && said.get(name) !== value) throw refusal(`--${name} is there twice.`, 'Say it once.');
  said.set(name, value);
}

/** The value of a flag of theirs; takes it off `following` when it stands there. */
function valueOf(name: string, inline: string | undefined, following: string[]): string | true {
  const [next] = following;
  if (isPlace(name)) {
    if (inline !== undefined) return inline;
    if (next === undefined || (next.startsWith('-') && next !== '-'))
      throw refusal(
        `--${name} takes a ${name === 'single' ? 'model file' : 'folder'}, and none is there.`,
        `For example: civitarium --${name} ${name === 'single' ? 'model.safetensors' : 'FOLDER'}`,
      );
    return following.shift() ?? '';
  }
  if (name === 'images') return imagesOf(inline, following);
  if (inline !== undefined) throw refusal(`--${name} takes no value.`, `Say --${name} alone.`);
  return true;
}

/** Bare means all. Nothing but a number of images is taken for one: the next word may be anything else. */
function imagesOf(inline: string | undefined, following: string[]): string {
  if (inline !== undefined) return checkedImages(inline);
  return IMAGES.test(following[0] ?? '') ? (following.shift() ?? 'all') : 'all';
}

const IMAGES = /^(?:first|all|none|\d{1,6})$/;

function checkedImages(value: string): string {
  if (IMAGES.test(value)) return value;
  throw refusal(
    `--images takes first, all, none or a number, not "${value}".`,
    'Bare, it means every preview.',
  );
}

/** Each flag on the left goes with none on the right. */
const EXCLUSIVE: readonly (readonly [string, readonly string[]])[] = [
  ['all', ['single']],
  ['images', ['noimages']],
  ['onlynew', ['onlyhtml', 'onlyupdate', 'generateimagejson']],
  ['onlyupdate', ['onlyhtml', 'generateimagejson']],
  ['clean', ['single', 'onlynew', 'onlyupdate', 'onlyhtml', 'generateimagejson']],
];

function isExcluded(name: string, said: ReadonlyMap<string, unknown>): boolean {
  return EXCLUSIVE.some(
    ([left, rights]) =>
      (name === left && rights.some((right) => said.has(right))) || (rights.includes(name) && said.has(left)),
  );
}

function refuseContradictions(values: ReadonlyMap<string, unknown>, origin: string): void {
  for (const [left, rights] of EXCLUSIVE)
    for (const right of rights)
      if (values.has(left) && values.has(right))
        throw refusal(`--${left} and --${right} exclude each other${origin}.`, 'Say one of them.');
}

function callOf(
  values: ReadonlyMap<string, string | number | boolean>,
  rest: readonly string[],
): DataManagerCall {
  const folder = textOf(values, 'all');
  const file = textOf(values, 'single');
  if (folder === undefined && file === undefined)
    throw refusal(
      'Say what it is about: --all FOLDER or --single FILE.',
      'For example: civitarium --all ~/models --output ~/models-data',
    );
  const has = (name: string): boolean => values.has(name);
  const verb = verbOf(has);
  const path = folder ?? file ?? '';
  if (path.trim() === '' && !(has('generateimagejson') && file === undefined))
    throw refusal(
      `--${folder === undefined ? 'single' : 'all'} is empty.`,
      'A variable in the command may not be set.',
    );
  if (rest.some((word) => nameOf(word) === 'profile'))
    throw refusal(
      '--all and --single write the layout "collected".',
      'Another one: civitarium scan PATH --profile beside',
    );
  return {
    verb,
    kind: folder === undefined ? 'file' : 'folder',
    path: path.trim() === '' ? '' : path,
    output: textOf(values, 'output'),
    flags: [...flagsOf(verb, values), ...rest],
  };
}

function verbOf(has: (name: string) => boolean): DataManagerCall['verb'] {
  if (has('clean')) return 'clean';
  if (has('onlyhtml') || has('generateimagejson')) return 'pages';
  return has('onlyupdate') ? 'update' : 'scan';
}

function flagsOf(
  verb: DataManagerCall['verb'],
  values: ReadonlyMap<string, string | number | boolean>,
): string[] {
  const flags: string[] = [];
  if (verb === 'scan' || verb === 'update') {
    const images = values.get('images');
    if (values.has('noimages')) flags.push('--images=none');
    else if (images !== undefined)
      flags.push(`--images=${images === true ? 'all' : checkedImages(String(images))}`);
  }
  if (verb === 'scan' && values.has('onlynew')) flags.push('--only=new');
  if (verb === 'scan' && values.has('skipmissing')) flags.push('--skip-missing');
  if (verb === 'pages' && values.has('generateimagejson')) flags.push(IMAGE_JSON);
  if (values.has('notimeout')) flags.push(`--rate=${NO_PACE}`);
  return flags;
}

function textOf(
  values: ReadonlyMap<string, string | number | boolean>,
  name: 'all' | 'single' | 'output',
): string | undefined {
  const value = values.get(name);
  if (value === undefined || typeof value === 'string') return value;
  throw refusal(`"${name}" in config.json is no path.`, `For example: { "${name}": "models" }`);
}

function isPlace(name: string): boolean {
  return PLACES.some((place) => place === name);
}

/** `--all=x` → `all`; empty for what is no long flag. */
function nameOf(word: string): string {
  return word.startsWith('--') ? (word.slice(2).split('=', 1)[0] ?? '') : '';
}

function spellingsOf(options: readonly Option[]): Set<string> {
  return new Set(
    options.flatMap(({ name, short, aliases = [] }) => [
      `--${name}`,
      ...aliases.map((alias) => `--${alias}`),
      ...(short === undefined ? [] : [`-${short}`]),
    ]),
  );
}

function unexpected(word: string): UserError {
  return refusal(
    `"${word}" is not expected here.`,
    'A path with blanks stands in quotes; civitarium --help lists commands and flags.',
  );
}

function refusal(sentence: string, next: string): UserError {
  return new UserError(sentence, { code: 'bad-argument', next });
}
