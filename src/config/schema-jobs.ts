import { z } from 'zod';
import type { OptionTable } from '../verbs/option.ts';
import { organizationSchema, outputSchema } from './schema-output.ts';
import { SHARED } from './schema-shared.ts';
import { verbKeys } from './schema-verbs.ts';

/** The types of jobs that are no commands. */
export const JOB_TYPES = ['scan-paths', 'sync-lora-triggers'] as const;

const paths = z.array(z.string());

const common = {
  type: z.string().describe('scan-paths, sync-lora-triggers, or a command with its first words.'),
  description: z.string().optional().describe('For you.'),
  force_refresh: z.boolean().optional().describe('Like --force-refresh.').meta({ default: false }),
};

/** The keys of both types that CivitScraper has. */
const walking = {
  ...common,
  recursive: z.boolean().optional().describe('Also folders below; stronger than what the input path says.'),
  paths: paths.optional().describe('Input paths by name; without any, all of type LORA.'),
};

/** `type: scan-paths`. */
export const scanPathsSchema = z.strictObject({
  ...SHARED,
  ...walking,
  skip_existing: z
    .boolean()
    .optional()
    .describe('Leave models alone whose data is complete and fresh.')
    .meta({ default: true }),
  verify_hashes: z
    .boolean()
    .optional()
    .describe("Read every file again and compare it with the site's hashes.")
    .meta({ default: true }),
  use_cached_metadata: z.boolean().optional().describe('Without effect here; `type: pages` asks nobody.'),
  output: outputSchema.optional(),
  organization: organizationSchema.optional(),
});

/** `type: sync-lora-triggers`. */
export const syncTriggersSchema = z.strictObject({
  ...SHARED,
  ...walking,
  skip_existing: z.boolean().optional().describe('Without effect here.'),
  verify_hashes: z.boolean().optional().describe('Without effect here.'),
  loras_file: z
    .string()
    .min(1)
    .optional()
    .describe("Krita AI Diffusion's list.")
    .meta({ default: 'loras.json' }),
  overwrite: z
    .enum(['never', 'empty', 'always'])
    .optional()
    .describe('Texts that are there: keep even empty ones, fill empty ones, or replace all.')
    .meta({ default: 'empty' }),
  overwrite_triggers: z
    .boolean()
    .optional()
    .describe('true: `overwrite: always`; false: `overwrite: empty`.'),
});

export type ScanPathsSection = z.infer<typeof scanPathsSchema>;
export type SyncTriggersSection = z.infer<typeof syncTriggersSchema>;

/** The schema of a job that runs a command: its flags as keys, `paths` as its arguments. */
export function verbJobSchema(verb: OptionTable): z.ZodType {
  return z.strictObject({
    ...SHARED,
    ...common,
    paths: paths.optional().describe('Arguments: input paths by name, or folders.'),
    ...verbKeys(verb.options),
  });
}

/** The schema of a job by its type; `undefined` for a type that is none. The first word names the command. */
export function jobSchemaOf(type: string, verbs: readonly OptionTable[]): z.ZodType | undefined {
  if (type === 'scan-paths') return scanPathsSchema;
  if (type === 'sync-lora-triggers') return syncTriggersSchema;
  const verb = verbs.find(({ name }) => name === type.split(' ')[0]);
  return verb === undefined ? undefined : verbJobSchema(verb);
}
