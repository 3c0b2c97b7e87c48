import { resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import type { Job, OrganiseWish, ScanPathsJob, SyncTriggersJob, VerbJob } from '../verbs/jobs/job.ts';
import type { OptionTable } from '../verbs/option.ts';
import { inputsOf } from './job-inputs.ts';
import { jobConfig, rawJob, verbOf } from './job-layer.ts';
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
  if (raw.type === 'scan-paths') return scanPathsJob(config, name, raw as ScanPathsSection, cwd);
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
    images: previewsOf(config.output),
    organise: organiseOf(config.organization, cwd),
  };
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
