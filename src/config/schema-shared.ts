import { z } from 'zod';
import { apiSchema, hostSchema, scannerSchema } from './schema-api.ts';
import { loggingSchema } from './schema-logging.ts';

const mediaSchema = z.strictObject({
  concurrency: z.number().int().min(1).max(64).optional().describe('Images fetched at once.').meta({
    default: 8,
  }),
});

const hashingSchema = z.strictObject({
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
    .describe(
      'Hashes besides SHA-256, AutoV1 and AutoV2, which cost nothing. Files that are known are read once more for them.',
    ),
});

/** How `index.html` sorts until its reader says otherwise; the names are those of the gallery's menu. */
export const INDEX_SORTS = ['name', 'newest', 'updated', 'downloads', 'thumbs', 'size', 'added', 'modified', 'type', 'base', 'creator', 'level'] as const; // prettier-ignore

const gallerySchema = z.strictObject({
  sort: z
    .enum(INDEX_SORTS)
    .optional()
    .describe('How `index.html` of a collected folder sorts until its reader says otherwise.')
    .meta({ default: 'downloads' }),
});

/** One folder of models of one type. */
export const inputPathSchema = z.strictObject({
  path: z.string().min(1).describe('The folder.'),
  type: z.string().min(1).describe("Civitai's type of what is in it: LORA, Checkpoint, TextualInversion …"),
  patterns: z
    .array(z.string().min(1))
    .optional()
    .describe('Which files: globs for names, or for paths when they hold a slash.')
    .meta({ default: ['*.safetensors'] }),
  recursive: z.boolean().optional().describe('Also folders below.').meta({ default: true }),
});

/** Sections that may stand at the top, and in a job for that job alone. */
export const SHARED = {
  catalog: z.string().optional().describe('The catalog: a file, or postgres://…'),
  api: apiSchema.optional(),
  unofficial: z
    .boolean()
    .optional()
    .describe(
      "Also ask the API of the site's own pages, with your key and without cookies, where the public one leaves something out: all models of a creator, all images of a post, titles of posts. It may change any day; its requests are counted apart.",
    )
    .meta({ default: false }),
  media: mediaSchema.optional(),
  hosts: z.record(z.string(), hostSchema).optional().describe('Limits for single hosts, by name.'),
  hashing: hashingSchema.optional(),
  gallery: gallerySchema.optional(),
  logging: loggingSchema.optional(),
  scanner: scannerSchema.optional(),
  input_paths: z.record(z.string(), inputPathSchema).optional().describe('Folders of models, by name.'),
};

export type SharedSections = z.infer<z.ZodObject<typeof SHARED>>;
