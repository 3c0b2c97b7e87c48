import { z } from 'zod';
import type { Option } from '../verbs/option.ts';
import { keyOf } from './verb-key.ts';

/** The options of one verb as keys of the configuration. */
export function verbKeys(options: readonly Option[]): Record<string, z.ZodType> {
  return Object.fromEntries(
    options.map(
      (option) => [keyOf(option), valueSchema(option).optional().describe(option.summary)] as const,
    ),
  );
}

function valueSchema(option: Option): z.ZodType {
  if (option.kind === 'flag') return z.boolean();
  if (option.kind === 'number') return z.number();
  if (option.kind === 'list') return z.array(z.string());
  if (option.choices !== undefined) return z.enum([...option.choices]);
  return option.kind === 'optional' ? z.union([z.string(), z.number()]) : z.string();
}
