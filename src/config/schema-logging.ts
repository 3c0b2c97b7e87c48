import { z } from 'zod';

/** The names of Python's levels count as well. */
const LEVELS = [
  'debug',
  'info',
  'warn',
  'warning',
  'error',
  'critical',
  'DEBUG',
  'INFO',
  'WARN',
  'WARNING',
  'ERROR',
  'CRITICAL',
] as const;

export type LevelName = (typeof LEVELS)[number];

const consoleSchema = z.strictObject({
  enabled: z
    .boolean()
    .optional()
    .describe('Print what is logged; false is like --quiet.')
    .meta({ default: true }),
  level: z.enum(LEVELS).optional().describe('What is printed; without it, `logging.level`.'),
  simple: z.boolean().optional().describe('Only the message, without level and facts.').meta({
    default: false,
  }),
});

const fileSchema = z.strictObject({
  enabled: z.boolean().optional().describe('Keep a rotating log file.').meta({ default: true }),
  level: z.enum(LEVELS).optional().describe('What the file keeps; without it, `logging.level`.'),
  directory: z.string().min(1).optional().describe('Its folder; without it, the one for logs.'),
  max_size: z
    .number()
    .min(0.001)
    .max(100_000)
    .optional()
    .describe('MiB after which a new file begins.')
    .meta({ default: 10 }),
  backup_count: z.number().int().min(0).max(10_000).optional().describe('Older files that are kept.').meta({
    default: 5,
  }),
});

/** What is logged, and where. */
export const loggingSchema = z
  .strictObject({
    level: z.enum(LEVELS).optional().describe('What is logged.').meta({ default: 'info' }),
    console: consoleSchema.optional(),
    file: z.union([z.boolean(), fileSchema]).optional().describe('true, false, or a section of its own.'),
  })
  .describe('What is logged, and where.');

export type LoggingSection = z.infer<typeof loggingSchema>;
