import { z } from 'zod';
import type { Option, OptionTable } from '../verbs/option.ts';

const apiSchema = z
  .strictObject({
    url: z
      .url()
      .describe('Address of the API. Download links are rebuilt on its origin.')
      .default('https://civitai.com/api/v1'),
    key: z
      .string()
      .optional()
      .describe('Your Civitai key; CIVITAI_API_KEY wins. It goes to the API host only.'),
    rate: z.number().min(1).default(90).describe('API requests a minute.'),
    patience: z
      .number()
      .min(0)
      .default(60)
      .describe('Seconds without a useful answer before a run gives up.'),
    browsing_level: z
      .union([z.number().int().min(1).max(63), z.string()])
      .optional()
      .describe('Rating levels to ask for: a bitmask or names, for example PG,PG13,R.'),
  })
  .describe('How Civitai is asked.');

const hostSchema = z.strictObject({
  rate: z.number().min(1).optional().describe('Requests a minute to this host.'),
  spacing_ms: z.number().min(0).optional().describe('Least time between two requests.'),
  concurrency: z.number().int().min(1).optional().describe('Requests at once.'),
});

const fixed = {
  catalog: z.string().optional().describe('The catalog: a file, or postgres://…'),
  api: apiSchema.optional(),
  media: z
    .strictObject({
      concurrency: z.number().int().min(1).max(64).default(8).describe('Images fetched at once.'),
    })
    .optional(),
  hosts: z.record(z.string(), hostSchema).optional().describe('Limits for single hosts, by name.'),
  hashing: z
    .strictObject({
      threads: z
        .number()
        .int()
        .min(1)
        .max(64)
        .optional()
        .describe('Files hashed at once; by default one a core.'),
      also: z
        .array(z.enum(['AutoV3', 'CRC32', 'BLAKE3']))
        .optional()
        .describe('Hashes besides SHA-256, AutoV1 and AutoV2, which cost nothing.'),
    })
    .optional(),
  logging: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('What the log file keeps.'),
      file: z.boolean().default(true).describe('Keep a rotating log file.'),
    })
    .optional(),
  roots: z.array(z.string()).optional().describe('Folders that scan and update take when none is named.'),
};

/** The options of one verb as keys of the config file: `--max-age` is `max_age`. */
function verbSchema(options: readonly Option[]): z.ZodType {
  const keys = options.map(
    (option) =>
      [option.name.replaceAll('-', '_'), valueSchema(option).optional().describe(option.summary)] as const,
  );
  return z.strictObject(Object.fromEntries(keys));
}

function valueSchema(option: Option): z.ZodType {
  if (option.kind === 'flag') return z.boolean();
  if (option.kind === 'number') return z.number();
  if (option.kind === 'list') return z.array(z.string());
  if (option.choices !== undefined) return z.enum([...option.choices]);
  return option.kind === 'optional' ? z.union([z.string(), z.number()]) : z.string();
}

/** The schema of civitarium.yaml: the fixed keys and one section a verb. */
export function configSchema(verbs: readonly OptionTable[]): z.ZodType<ConfigFile> {
  const sections = verbs
    .filter((verb) => verb.options.length > 0)
    .map(
      (verb) =>
        [
          verb.name,
          verbSchema(verb.options).optional().describe(`Defaults of civitarium ${verb.name}.`),
        ] as const,
    );
  return z.strictObject({ ...fixed, ...Object.fromEntries(sections) }) as unknown as z.ZodType<ConfigFile>;
}

/** A checked configuration. Verb sections keep their keys as written, with `_`. */
export interface ConfigFile {
  readonly catalog?: string;
  readonly api?: {
    readonly url: string;
    readonly key?: string;
    readonly rate: number;
    readonly patience: number;
    readonly browsing_level?: number | string;
  };
  readonly media?: { readonly concurrency: number };
  readonly hosts?: Readonly<
    Record<string, { readonly rate?: number; readonly spacing_ms?: number; readonly concurrency?: number }>
  >;
  readonly hashing?: {
    readonly threads?: number;
    readonly also?: readonly ('AutoV3' | 'CRC32' | 'BLAKE3')[];
  };
  readonly logging?: { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly file: boolean };
  readonly roots?: readonly string[];
  readonly [verb: string]: unknown;
}

/** The JSON Schema that editors use for completion. */
export function configJsonSchema(verbs: Parameters<typeof configSchema>[0]): unknown {
  return {
    title: 'Civitarium configuration',
    ...z.toJSONSchema(configSchema(verbs), { io: 'input', unrepresentable: 'any' }),
  };
}

/** The keys that may stand at a place of the configuration; none where the schema does not say. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let here: unknown = schema;
  for (const key of path) {
    const inner = unwrapped(here);
    here =
      inner instanceof z.ZodObject
        ? inner.shape[String(key)]
        : inner instanceof z.ZodRecord
          ? inner.valueType
          : undefined;
  }
  const inner = unwrapped(here);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? unwrapped(schema.unwrap())
    : schema;
}
