import { z } from 'zod';
import type { OptionTable } from '../verbs/option.ts';
import { scanPathsSchema, syncTriggersSchema } from './schema-jobs.ts';
import type { OrganizationSection, OutputSection } from './schema-output.ts';
import { organizationSchema, outputSchema } from './schema-output.ts';
import { SHARED } from './schema-shared.ts';
import type { SharedSections } from './schema-shared.ts';
import { verbKeys } from './schema-verbs.ts';

/** What the whole file may hold and what a job of each command may; made from the verbs' option tables. */
export interface ConfigSchema {
  readonly verbs: readonly OptionTable[];
  /** Jobs are looked at one by one, each by its type. */
  readonly top: z.ZodType;
}

/** A job as it stands in the file; checked, with nothing it inherits. */
export type RawJob = Readonly<Record<string, unknown>> & { readonly type: string };

/** A checked configuration. Verb sections keep their keys as written, with `_`. Two spellings of one setting are one. */
export interface ConfigFile extends SharedSections {
  readonly roots?: readonly string[] | undefined;
  readonly output?: OutputSection | undefined;
  readonly organization?: OrganizationSection | undefined;
  readonly default_job?: string | undefined;
  readonly jobs?: Readonly<Record<string, RawJob>> | undefined;
  readonly [verb: string]: unknown;
}

const own = {
  ...SHARED,
  roots: z.array(z.string()).optional().describe('Folders that scan and update take when none is named.'),
  output: outputSchema.optional(),
  organization: organizationSchema.optional(),
  default_job: z.string().optional().describe('The job that `civitarium` runs without a command.'),
};

const looseJob = z.looseObject({ type: z.string() });

/** The schema of a configuration: the fixed keys and one section a verb. */
export function configSchema(verbs: readonly OptionTable[]): ConfigSchema {
  const jobs = z.record(z.string(), looseJob).optional();
  return { verbs, top: z.strictObject({ ...own, jobs, ...sectionsOf(verbs) }) };
}

function sectionsOf(verbs: readonly OptionTable[]): Record<string, z.ZodType> {
  const sections = verbs
    .filter((verb) => verb.options.length > 0)
    .map((verb) => {
      const section = z.strictObject(verbKeys(verb.options)).optional();
      return [verb.name, section.describe(`Defaults of civitarium ${verb.name}.`)] as const;
    });
  return Object.fromEntries(sections);
}

/** The JSON Schema that editors use for completion. */
export function configJsonSchema(verbs: readonly OptionTable[]): unknown {
  const names = verbs.map((verb) => verb.name);
  const verbJob = z.looseObject({
    type: z.string().regex(new RegExp(`^(?:${names.join('|')})(?: |$)`)),
    description: z.string().optional(),
    paths: z.array(z.string()).optional(),
  });
  const jobs = z
    .record(
      z.string(),
      z.union([
        scanPathsSchema.extend({ type: z.literal('scan-paths') }),
        syncTriggersSchema.extend({ type: z.literal('sync-lora-triggers') }),
        verbJob.describe('A command: its flags are the other keys.'),
      ]),
    )
    .optional()
    .describe('Jobs, by name.');
  const whole = z.strictObject({ ...own, jobs, ...sectionsOf(verbs) });
  return {
    title: 'Civitarium configuration',
    ...z.toJSONSchema(whole, { io: 'input', unrepresentable: 'any' }),
  };
}
