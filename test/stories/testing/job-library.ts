import { join } from 'node:path';
import type { Standin } from '../../../standin/start.ts';
import type { InputPath, OrganiseWish, ScanPathsJob } from '../../../src/verbs/jobs/job.ts';
import type { Job } from '../../../src/verbs/jobs/job.ts';
import { runJob } from '../../../src/verbs/jobs/run-job.ts';
import type { OptionValue } from '../../../src/verbs/option.ts';
import type { RunResult } from '../../../src/verbs/verb.ts';
import { makeHome } from '../../cli.ts';
import type { Home } from '../../cli.ts';
import { runVerb } from '../../verb-run.ts';
import { writeWorldLibrary } from '../../world-library.ts';
import type { LibraryFile } from '../../world-library.ts';

/** A home with a folder of LoRAs and one of checkpoints, and jobs to run on them in this process. */
export interface JobLibrary {
  readonly home: Home;
  /** `models` in the home. */
  readonly folder: string;
  readonly files: readonly LibraryFile[];
  job(changes?: Partial<ScanPathsJob>): ScanPathsJob;
  input(path: string, changes?: Partial<InputPath>): InputPath;
  run(job: Job, flags?: Readonly<Record<string, OptionValue>>): Promise<RunResult>;
}

export function makeJobLibrary(standin: Standin, count = 12): JobLibrary {
  const home = makeHome();
  const folder = join(home.folder, 'models');
  const files = writeWorldLibrary(standin.world, folder, count);
  const input: JobLibrary['input'] = (path, changes) => ({
    id: path,
    path: join(folder, path),
    type: 'LORA',
    patterns: [],
    recursive: true,
    ...changes,
  });
  return {
    home,
    folder,
    files,
    input,
    job: (changes) => ({
      kind: 'scan-paths',
      name: 'fetch-all',
      inputs: [input('.', { path: folder })],
      skipExisting: true,
      verifyHashes: false,
      maxAgeMs: undefined,
      names: USUAL_NAMES,
      leads: [],
      images: 2,
      organise: undefined,
      ...changes,
    }),
    run: async (job, flags) =>
      await runVerb(
        {
          name: 'job',
          summary: '',
          description: '',
          examples: [],
          arguments: [],
          options: [],
          run: async (deps) => await runJob(deps, job),
        },
        home,
        { flags: { 'api-url': standin.apiUrl, ...flags } },
      ),
  };
}

/** The names of CivitScraper's example. */
export const USUAL_NAMES: ScanPathsJob['names'] = {
  info: { path: '{model_dir}', filename: '{model_name}.json' },
  page: { path: '{model_dir}', filename: '{model_name}.html' },
  preview: { path: '{model_dir}', filename: '{model_name}.preview{ext}' },
  gallery: { path: 'gallery.html', title: 'Model Gallery', includeExisting: true },
};

/** The organisation of CivitScraper's example, switched on. */
export const USUAL_WISH: OrganiseWish = {
  template: 'by_type_and_basemodel',
  mode: 'move',
  outputDir: '{model_dir}/organized',
  onCollision: 'skip',
  dryRun: false,
};
