import { COMMON_OPTIONS, JOB_OPTIONS } from '../../src/cli/common-options.ts';
import { VERBS } from '../../src/verbs/list.ts';
import type { Argument, Option } from '../../src/verbs/option.ts';
import type { Verb } from '../../src/verbs/verb.ts';
import { code, generatedFrom, table } from './markdown.ts';

/** Every command with its arguments and flags, from the tables the command line itself reads. */
export async function commandsPage(): Promise<string> {
  const verbs = await Promise.all(VERBS.map((entry) => entry.load()));
  const parts = [
    generatedFrom('src/verbs and src/cli/common-options.ts'),
    '# Commands',
    'Flags may stand before or after the command. `civitarium help COMMAND` shows the same on a terminal.',
    table(
      ['command', 'what it does'],
      verbs.map((verb) => [`[${verb.name}](#${verb.name})`, verb.summary]),
    ),
    '## In place of a command',
    'Without a command `civitarium` runs the `default_job` of the configuration; without a configuration it shows help. `-j` wins over `--all-jobs`.',
    options(JOB_OPTIONS),
    '## Flags of every command',
    options(COMMON_OPTIONS),
    'The Civitai key is never a flag: it comes from `CIVITAI_API_KEY` or the configuration.',
    ...verbs.flatMap(section),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(verb: Verb): string[] {
  const usage = [
    'civitarium',
    verb.name,
    ...verb.arguments.map(argument),
    ...(verb.options.length > 0 ? ['[flags]'] : []),
  ];
  const parts = [`## ${verb.name}`, verb.description, `\`\`\`text\n${usage.join(' ')}\n\`\`\``];
  if (verb.arguments.length > 0) {
    parts.push(
      table(
        ['argument', 'meaning'],
        verb.arguments.map((one) => [code(one.name), one.summary]),
      ),
    );
  }
  if (verb.options.length > 0) parts.push(options(verb.options));
  parts.push(
    `\`\`\`sh\n${verb.examples.map(([line, meaning]) => `# ${meaning}\n${line}`).join('\n')}\n\`\`\``,
  );
  return parts;
}

function argument({ name, many, required }: Argument): string {
  const word = `${name.toUpperCase()}${many ? '...' : ''}`;
  return required ? word : `[${word}]`;
}

function options(list: readonly Option[]): string {
  return table(
    ['flag', 'meaning', 'values', 'also'],
    list.map((option) => [
      code(spelling(option)),
      option.summary,
      (option.choices ?? []).map(code).join(', '),
      [
        ...(option.short === undefined ? [] : [`-${option.short}`]),
        ...(option.aliases ?? []).map((alias) => `--${alias}`),
      ]
        .map(code)
        .join(', '),
    ]),
  );
}

function spelling(option: Option): string {
  const value = option.value ?? 'VALUE';
  if (option.kind === 'flag') return `--${option.name}`;
  return option.kind === 'optional' ? `--${option.name} [${value}]` : `--${option.name} ${value}`;
}
