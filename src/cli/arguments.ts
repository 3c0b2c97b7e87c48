import { Command, CommanderError, Help, Option as Flag } from 'commander';
import { UserError } from '../base/errors.ts';
import type { Input, Option, OptionValue } from '../verbs/option.ts';
import type { Verb } from '../verbs/verb.ts';
import type { VerbEntry } from '../verbs/list.ts';
import { COMMON_OPTIONS, JOB_OPTIONS } from './common-options.ts';

/** What the command line asks for. */
export type Asked =
  | { readonly kind: 'verb'; readonly verb: Verb; readonly input: Input; readonly common: Input['options'] }
  | {
      readonly kind: 'jobs';
      readonly which: WhichJobs;
      readonly common: Input['options'];
      /** For those who have no configuration. */
      showHelp(): void;
    }
  | { readonly kind: 'shown' };

/** `-j NAME`, `--all-jobs`, or neither: the default job. */
export type WhichJobs = { readonly name: string } | 'all' | 'default';

/** Reads the arguments after the program's name. Help and version are printed here. Throws UserError (exit 1). */
export async function readArguments(
  argv: readonly string[],
  verbs: readonly VerbEntry[],
  version: string,
): Promise<Asked> {
  const called = verbs.find((entry) => entry.name === firstWord(argv, verbs));
  const verb = await called?.load();
  const program = makeProgram(version);
  let asked: Asked = { kind: 'shown' };
  for (const entry of verbs) {
    if (verb === undefined || entry !== called) {
      program.addCommand(new Command(entry.name).summary(entry.summary).description(entry.summary));
      continue;
    }
    program.addCommand(
      makeCommand(
        verb,
        (input, common) => {
          asked = { kind: 'verb', verb, input, common };
        },
        program,
      ),
    );
  }
  if (wordsOf(argv).length === 0) {
    program.action(() => {
      const options = rawOptions(program);
      asked = {
        kind: 'jobs',
        which: whichJobs(options),
        common: options,
        showHelp: () => program.outputHelp(),
      };
    });
  }
  await parse(program, argv, called?.name);
  return asked;
}

/** A single job wins over all. */
function whichJobs(options: Input['options']): WhichJobs {
  const name = options['job'];
  if (typeof name === 'string') return { name };
  return options['all-jobs'] === true ? 'all' : 'default';
}

const VALUED: ReadonlySet<string> = new Set(
  [...JOB_OPTIONS, ...COMMON_OPTIONS].filter((option) => option.kind !== 'flag').flatMap(spellings),
);

function spellings(option: Option): string[] {
  return [`--${option.name}`, ...(option.short === undefined ? [] : [`-${option.short}`])];
}

/** True for the word after a common flag that takes a value. */
function isValue(argv: readonly string[], index: number): boolean {
  return VALUED.has(argv[index - 1] ?? '');
}

/** The arguments that are no flags and no values of flags that stand before a command. */
function wordsOf(argv: readonly string[]): string[] {
  return argv.filter((word, index) => !word.startsWith('-') && !isValue(argv, index));
}

/** The first argument that names a verb and is not the value of a flag before it. */
function firstWord(argv: readonly string[], verbs: readonly VerbEntry[]): string | undefined {
  const words = wordsOf(argv);
  const first = words[0] === 'help' ? words[1] : words[0];
  return verbs.find((entry) => entry.name === first)?.name;
}

/** The summaries say choices and defaults in words; commander's own marks would say them twice. */
const HELP = {
  showGlobalOptions: true,
  sortOptions: false,
  optionDescription: (option: Flag): string => option.description,
  styleTitle: (title: string): string => (title === 'Global Options:' ? 'Common options:' : title),
} as const;

function makeProgram(version: string): Command {
  const program = new Command('civitarium')
    .description('Keeps your AI models, and all that Civitai knows about them, on your own disk.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .exitOverride()
    .configureHelp(HELP)
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', FIRST_STEPS);
  for (const option of [...JOB_OPTIONS, ...COMMON_OPTIONS]) program.addOption(makeFlag(option));
  return program;
}

const JOB_FLAGS: ReadonlySet<string> = new Set(JOB_OPTIONS.map((option) => option.name));

/** The flags that stand in place of a command are none of its own. */
const COMMAND_HELP = {
  ...HELP,
  visibleGlobalOptions(this: Help, command: Command): Flag[] {
    const all = Help.prototype.visibleGlobalOptions.call(this, command);
    return all.filter((flag) => !JOB_FLAGS.has(flag.long?.slice(2) ?? ''));
  },
};

const FIRST_STEPS = `
First steps:
  civitarium demo            the whole path on a sample library, nothing to set up
  civitarium scan ~/models   identify your models and write ~/models/gallery.html
  civitarium help scan       every command has its own page of help

Exit codes:
  0  done                     3    done, but some items failed
  1  cannot start             4    stopped by the outside: site down, disk full
  2  a fault of ours          130  interrupted`;

function makeCommand(
  verb: Verb,
  take: (input: Input, common: Input['options']) => void,
  program: Command,
): Command {
  const command = new Command(verb.name)
    .summary(verb.summary)
    .description(verb.description)
    .exitOverride()
    .allowExcessArguments(false);
  command
    .helpOption('-h, --help', 'show help')
    .configureHelp(COMMAND_HELP)
    .configureOutput({ outputError: () => undefined });
  for (const argument of verb.arguments) {
    const name = `${argument.name}${argument.many ? '...' : ''}`;
    command.argument(argument.required ? `<${name}>` : `[${name}]`, argument.summary);
  }
  for (const option of verb.options) {
    command.addOption(makeFlag(option));
    for (const alias of option.aliases ?? [])
      command.addOption(makeFlag({ ...option, name: alias }).hideHelp());
  }
  const examples = verb.examples.map(([line, meaning]) => `  ${line}\n      ${meaning}`).join('\n');
  command.addHelpText('after', `\nExamples:\n${examples}`);
  command.action(() => {
    refuseJobFlags(rawOptions(program), verb.name);
    take(
      { arguments: command.args, options: withAliases(verb.options, rawOptions(command)) },
      rawOptions(program),
    );
  });
  return command;
}

function refuseJobFlags(options: Input['options'], command: string): void {
  const which = whichJobs(options);
  if (which === 'default') return;
  throw new UserError(
    `${which === 'all' ? '--all-jobs' : '-j'} stands in place of a command, not with ${command}.`,
    {
      code: 'bad-argument',
      next: `Leave out ${command}, or the flag.`,
    },
  );
}

function makeFlag(option: Option): Flag {
  const short = option.short === undefined ? '' : `-${option.short}, `;
  const value =
    option.kind === 'flag'
      ? ''
      : option.kind === 'optional'
        ? ` [${option.value ?? 'VALUE'}]`
        : ` <${option.value ?? 'VALUE'}>`;
  const flag = new Flag(`${short}--${option.name}${value}`, option.summary);
  if (option.kind === 'number') flag.argParser((text) => readNumber(text, option.name));
  if (option.kind === 'list')
    flag.argParser((text, previous: readonly string[] | undefined) => [
      ...(previous ?? []),
      ...text.split(',').filter(Boolean),
    ]);
  if (option.kind === 'optional') flag.preset(option.bare ?? '');
  if (option.choices !== undefined && option.kind === 'text') flag.choices([...option.choices]);
  return flag;
}

function readNumber(text: string, name: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new UserError(`--${name} takes a number of 0 or more, not "${text}".`, { code: 'bad-argument' });
  }
  return value;
}

/** Commander keys options in camelCase; ours keep their spelling. */
function rawOptions(command: Command): Record<string, OptionValue> {
  const values = command.opts<Record<string, OptionValue>>();
  return Object.fromEntries(
    command.options.map((flag) => [flag.long?.slice(2) ?? flag.name(), values[flag.attributeName()]]),
  );
}

function withAliases(
  options: readonly Option[],
  values: Record<string, OptionValue>,
): Record<string, OptionValue> {
  const known: Record<string, OptionValue> = {};
  for (const option of options) {
    const spelling = [option.name, ...(option.aliases ?? [])].find((name) => values[name] !== undefined);
    known[option.name] = spelling === undefined ? undefined : values[spelling];
  }
  return known;
}

/** `verb` is the command that the arguments name, if it is one. */
async function parse(program: Command, argv: readonly string[], verb: string | undefined): Promise<void> {
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    // Commander puts its guess, in brackets, on a second line.
    const [sentence = '', guess] = error.message.replace(/^error: /, '').split('\n');
    const help =
      verb === undefined
        ? 'civitarium --help lists commands and flags.'
        : `civitarium help ${verb} shows what it takes.`;
    throw new UserError(`${sentence.charAt(0).toUpperCase()}${sentence.slice(1).replace(/\.$/, '')}.`, {
      code: 'bad-argument',
      next: guess === undefined ? help : `${guess.replace(/[()]/g, '')} ${help}`,
      cause: error,
    });
  }
}
