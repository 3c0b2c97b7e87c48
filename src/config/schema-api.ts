import { z } from 'zod';

const breakerSchema = z.strictObject({
  failure_threshold: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('Outages in a row after which an endpoint is left alone; a 404 is none.')
    .meta({ default: 5 }),
  reset_timeout: z
    .number()
    .min(0)
    .optional()
    .describe('Seconds until one request tries it again.')
    .meta({ default: 60 }),
});

/** CivitScraper's words for how much is asked at once. */
const batchSchema = z.strictObject({
  enabled: z
    .boolean()
    .optional()
    .describe('false: one request and one download at a time.')
    .meta({ default: true }),
  max_concurrent: z.number().int().min(1).max(64).optional().describe('API requests at once.').meta({
    default: 4,
  }),
  rate_limit: z
    .number()
    .min(1)
    .optional()
    .describe('API requests a minute; the same as `api.rate`.')
    .meta({ default: 100 }),
  retry_delay: z
    .number()
    .min(0)
    .optional()
    .describe('Milliseconds before the second try; doubled with each further one.')
    .meta({ default: 1000 }),
  cache_size: z.number().int().min(0).optional().describe('Answers held in memory.').meta({ default: 100 }),
  circuit_breaker: breakerSchema.optional(),
});

const domainsSchema = z.strictObject({
  sfw: z.string().optional().describe('Without effect here.'),
  nsfw: z.string().optional().describe('Without effect here.'),
});

const nsfwSchema = z.strictObject({
  level_threshold: z.number().optional().describe('Without effect here.'),
  browsing_level: z
    .union([z.string(), z.number()])
    .optional()
    .describe('Without effect here; see `api.browsing_level`.'),
});

/** How Civitai is asked. */
export const apiSchema = z
  .strictObject({
    url: z
      .url()
      .optional()
      .describe('Address of the API. Download links are rebuilt on its origin.')
      .meta({ default: 'https://civitai.com/api/v1' }),
    base_url: z.url().optional().describe('The same as `api.url`.'),
    key: z
      .string()
      .optional()
      .describe('Your Civitai key; CIVITAI_API_KEY wins. It goes to the API host only.'),
    rate: z.number().min(1).optional().describe('API requests a minute.').meta({ default: 90 }),
    patience: z
      .number()
      .min(0)
      .optional()
      .describe('Seconds without a useful answer before a run gives up.')
      .meta({ default: 60 }),
    browsing_level: z
      .union([z.number().int().min(1).max(63), z.string()])
      .optional()
      .describe('Rating levels to ask for: a bitmask or names, for example PG,PG13,R.'),
    timeout: z
      .number()
      .min(0.5)
      .max(3600)
      .optional()
      .describe('Seconds without a sign of an answer after which a request has failed.')
      .meta({ default: 40 }),
    max_retries: z.number().int().min(0).max(100).optional().describe('Tries after the first.').meta({
      default: 9,
    }),
    user_agent: z
      .string()
      .regex(/^[\x20-\x7e]{1,200}$/)
      .optional()
      .describe('The name the program gives itself.'),
    batch: batchSchema.optional(),
    domains: domainsSchema.optional(),
    nsfw: nsfwSchema.optional(),
  })
  .describe('How Civitai is asked.');

export type ApiSection = z.infer<typeof apiSchema>;

/** Limits of one host. */
export const hostSchema = z.strictObject({
  rate: z.number().min(1).optional().describe('Requests a minute to this host.'),
  spacing_ms: z.number().min(0).optional().describe('Least time between two requests.'),
  concurrency: z.number().int().min(1).optional().describe('Requests at once.'),
});

/** What is kept of answers, in CivitScraper's words. */
export const scannerSchema = z.strictObject({
  cache_dir: z
    .string()
    .min(1)
    .optional()
    .describe('Folder for remembered answers; without it, in the state folder.'),
  cache_validity: z
    .number()
    .min(0)
    .optional()
    .describe('Seconds that an answer is good for; a job asks again about what is older.')
    .meta({ default: 86_400 }),
  force_refresh: z
    .boolean()
    .optional()
    .describe('Like --force-refresh on every run.')
    .meta({ default: false }),
  version_cache_validity: z
    .number()
    .min(0)
    .optional()
    .describe('Without effect here; `cache_validity` holds.'),
});
