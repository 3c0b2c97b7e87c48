import type { Option } from '../verbs/option.ts';

/** Flags that stand in place of a command. */
export const JOB_OPTIONS: readonly Option[] = [
  { name: 'job', short: 'j', kind: 'text', value: 'NAME', summary: 'run this job of the configuration' },
  { name: 'all-jobs', kind: 'flag', summary: 'run all jobs of the configuration, in its order' },
];

/** Flags that every command takes, before or after its name. */
export const COMMON_OPTIONS: readonly Option[] = [
  { name: 'config', short: 'c', kind: 'text', value: 'FILE', summary: 'configuration file' },
  {
    name: 'catalog',
    kind: 'text',
    value: 'FILE|URL',
    summary: 'catalog: a file, or postgres://… (CIVITARIUM_CATALOG)',
  },
  { name: 'api-url', kind: 'text', value: 'URL', summary: 'address of the API (CIVITARIUM_API_URL)' },
  { name: 'rate', kind: 'number', value: 'N', summary: 'API requests a minute (default 90)' },
  {
    name: 'patience',
    kind: 'number',
    value: 'SECONDS',
    summary: 'without a useful answer before a run gives up (default 60)',
  },
  {
    name: 'browsing-level',
    kind: 'text',
    value: 'LEVELS',
    summary: 'rating levels to ask for: a bitmask or names, PG,PG13,R,X,XXX (default all)',
  },
  { name: 'json', kind: 'flag', summary: 'print one line of JSON on stdout, everything else on stderr' },
  { name: 'dry-run', kind: 'flag', summary: 'say what would be done, touch nothing' },
  { name: 'yes', kind: 'flag', summary: 'take plans as confirmed' },
  { name: 'force-refresh', kind: 'flag', summary: 'ask the site again, whatever is cached' },
  { name: 'quiet', kind: 'flag', summary: 'only errors and the result' },
  { name: 'debug', kind: 'flag', summary: 'say every step, and show the stack of a fault' },
];
