import type { Input, Option, OptionTable, OptionValue } from '../verbs/option.ts';
import type { ConfigFile } from './schema.ts';
import { keyOf } from './verb-key.ts';

/** Keys of a section, with `_`, and what they say. */
export type OptionValues = Readonly<Record<string, OptionValue>>;

/** What the command line did not say, from the sections in their order, then from the table's own defaults. */
export function withDefaults(
  verb: OptionTable,
  input: Input,
  sections: readonly OptionValues[],
  config: ConfigFile | undefined,
): Input {
  const options = verb.options.map(
    (option) => [option.name, input.options[option.name] ?? saidOf(option, sections)] as const,
  );
  const takesRoots = verb.arguments?.[0]?.name === 'path' && input.arguments.length === 0;
  const roots = takesRoots ? config?.roots : undefined;
  return { arguments: roots ?? input.arguments, options: Object.fromEntries(options) };
}

/** The defaults that a configuration has for a command. */
export function sectionOf(config: ConfigFile | undefined, verb: string): OptionValues {
  return (config?.[verb] ?? {}) as OptionValues;
}

function saidOf(option: Option, sections: readonly OptionValues[]): OptionValue {
  const key = keyOf(option);
  const said = sections.find((section) => Object.hasOwn(section, key) && section[key] !== undefined)?.[key];
  if (said === undefined) return option.default;
  return option.kind === 'optional' && typeof said === 'number' ? String(said) : said;
}
