import { resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import type { GalleryLead } from '../profiles/configured-names.ts';
import type { Job, OrganiseWish, ScanPathsJob, SyncTriggersJob, VerbJob } from '../verbs/jobs/job.ts';
import type { OptionTable } from '../verbs/option.ts';
import { inputsOf } from './job-inputs.ts';
import { jobConfig, jobNames, rawJob, verbOf } from './job-layer.ts';
import { withoutNulls } from './layers.ts';
import { namesOf, placed, previewsOf } from './output-names.ts';
import type { ConfigFile, RawJob } from './schema.ts';
import type { ScanPathsSection, SyncTriggersSection } from './schema-jobs.ts';
import type { OrganizationSection } from './schema-output.ts';
import { sectionOf, withDefaults } from './verb-input.ts';
import type { OptionValues } from './verb-input.ts';

const DAY_S = 86_400;

/**
 * A job of a checked configuration with everything it inherits. Throws UserError: `job-unknown`, `job-no-input`,
 * `job-type`.
 */
export function jobOf(file: ConfigFile, name: string, verbs: readonly OptionTable[], cwd: string): Job {
  const raw = withoutNulls(rawJob(file, name)) as RawJob;
  const config = jobConfig(file, name, verbs);
  if (raw.type === 'scan-paths') {
    const job = scanPathsJob(config, name, raw as ScanPathsSection, cwd);
    return { ...job, leads: leadsOf(job, scanPathsJobs(file, verbs, cwd)) };
  }
  if (raw.type === 'sync-lora-triggers') return syncJob(config, name, raw as SyncTriggersSection, cwd);
  const verb = verbOf(raw, verbs);
  if (verb !== undefined) return verbJob(config, name, raw, verb);
  throw new UserError(`The job "${name}" is of a type that there is not: "${raw.type}".`, {
    code: 'job-type',
    next: 'civitarium config check',
  });
}

function scanPathsJob(config: ConfigFile, name: string, job: ScanPathsSection, cwd: string): ScanPathsJob {
  return {
    kind: 'scan-paths',
    name,
    inputs: inputsOf(config, name, job, cwd),
    skipExisting: job.skip_existing ?? true,
    verifyHashes: job.verify_hashes ?? true,
    maxAgeMs: 1000 * (config.scanner?.cache_validity ?? DAY_S),
    names: namesOf(config.output, cwd),
    leads: [],
    images: previewsOf(config.output),
    organise: organiseOf(config.organization, cwd),
  };
}

/** The jobs of this type that can run, in the order of the file. */
function scanPathsJobs(file: ConfigFile, verbs: readonly OptionTable[], cwd: string): ScanPathsJob[] {
  return jobNames(file).flatMap((name) => {
    const raw = withoutNulls(rawJob(file, name)) as RawJob;
    if (raw.type !== 'scan-paths') return [];
    try {
      return [scanPathsJob(jobConfig(file, name, verbs), name, raw as ScanPathsSection, cwd)];
    } catch (error) {
      if (error instanceof UserError) return [];
      throw error;
    }
  });
}

/** The galleries of other jobs that write the same pages: of those before the job where it has a gallery itself, else of all. */
function leadsOf(job: ScanPathsJob, all: readonly ScanPathsJob[]): GalleryLead[] {
  const own = all.findIndex(({ name }) => name === job.name);
  const before = job.names.gallery === undefined ? all : all.slice(0, own);
  return before.flatMap(({ names: { page, gallery }, inputs, organise }) => {
    const isSame = JSON.stringify(page) === JSON.stringify(job.names.page);
    if (gallery?.includeExisting !== true || page === undefined || !isSame) return [];
    const output = organise?.outputDir;
    const outputs = output === undefined || output.startsWith('{') ? [] : [output];
    return [{ path: gallery.path, folders: [...inputs.map(({ path }) => path), ...outputs] }];
  });
}

function organiseOf(section: OrganizationSection | undefined, cwd: string): OrganiseWish | undefined {
  if (section?.enabled !== true) return undefined;
  const custom = section.custom_template?.trim() ?? '';
  const named = section.template ?? '';
  const { on_collision: collision } = section;
  return {
    template: custom || named || 'by_type_and_basemodel',
    mode: section.operation_mode ?? oldMode(section) ?? 'copy',
    outputDir: placed(section.output_dir ?? '{model_dir}/organized', cwd),
    onCollision: collision === undefined || collision === 'overwrite' ? 'skip' : collision,
    dryRun: section.dry_run === true,
  };
}

function oldMode(section: OrganizationSection): OrganiseWish['mode'] | undefined {
  if (section.create_symlinks === true) return 'symlink';
  if (section.move_files === true) return 'move';
  return section.move_files === false ? 'copy' : undefined;
}

function syncJob(config: ConfigFile, name: string, job: SyncTriggersSection, cwd: string): SyncTriggersJob {
  const old = job.overwrite_triggers === true ? 'always' : 'empty';
  return {
    kind: 'sync-lora-triggers',
    name,
    inputs: inputsOf(config, name, job, cwd),
    lorasFile: resolve(cwd, job.loras_file ?? 'loras.json'),
    overwrite: job.overwrite ?? old,
  };
}

/** Words after the command's name come first, then the paths, by name where an input path has it. */
function verbJob(config: ConfigFile, name: string, job: RawJob, verb: OptionTable): VerbJob {
  const words = job.type.split(/\s+/).slice(1).filter(Boolean);
  const paths = ((job['paths'] ?? []) as readonly string[]).map((path) => folderOf(config, path));
  const given = { arguments: [...words, ...paths], options: {} };
  const sections = [job as OptionValues, sectionOf(config, verb.name)];
  return { kind: 'verb', name, verb: verb.name, input: withDefaults(verb, given, sections, config) };
}

function folderOf(config: ConfigFile, path: string): string {
  const inputs = config.input_paths ?? {};
  return Object.hasOwn(inputs, path) ? (inputs[path]?.path ?? path) : path;
}
