import { resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import type { VerbEntry } from '../verbs/list.ts';
import { askOutput } from './ask-output.ts';
import type { AskText } from './ask-output.ts';
import { COMMON_OPTIONS, JOB_OPTIONS } from './common-options.ts';
import { readDataManagerConfig } from './data-manager-config.ts';
import { inOurWords, isDataManagerCall, readDataManagerCall } from './data-manager-flags.ts';
import type { DataManagerCall } from './data-manager-flags.ts';

export interface DataManagerOptions {
  readonly verbs: readonly VerbEntry[];
  readonly cwd: string;
  /** Who can be asked for a folder, if anybody. */
  readonly ask: AskText | undefined;
  /** Told of what the reader should know. */
  warn(sentence: string): void;
}

/**
 * A command line in Civitai Data Manager's words, said in ours; `undefined` when it is none. Throws UserError for what
 * contradicts itself, for paths that are not there, and when there is no folder to collect in.
 */
export async function fromDataManager(
  argv: readonly string[],
  options: DataManagerOptions,
): Promise<string[] | undefined> {
  const commands = new Set(['help', ...options.verbs.map(({ name }) => name)]);
  if (!isDataManagerCall(argv, commands, [...JOB_OPTIONS, ...COMMON_OPTIONS])) return undefined;
  return await translate(argv, options);
}

/** A bare command line, where `config.json` of the working folder may say everything; `undefined` when it says nothing. */
export async function fromDataManagerConfig(
  argv: readonly string[],
  options: DataManagerOptions,
): Promise<string[] | undefined> {
  const config = readUsable(options.cwd);
  if (config?.values.has('all') !== true && config?.values.has('single') !== true) return undefined;
  return await translate(argv, options);
}

/** Without a word of theirs on the command line a broken file may be anybody's. */
function readUsable(cwd: string): ReturnType<typeof readDataManagerConfig> {
  try {
    return readDataManagerConfig(cwd);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

const USED: ReadonlySet<string> = new Set(['scan', 'update', 'pages', 'clean']);

async function translate(argv: readonly string[], options: DataManagerOptions): Promise<string[]> {
  const verbs = await Promise.all(
    options.verbs.filter(({ name }) => USED.has(name)).map(async (entry) => await entry.load()),
  );
  const known = [...COMMON_OPTIONS, ...verbs.flatMap((verb) => verb.options)];
  const config = argv.includes('--noconfig') ? undefined : readDataManagerConfig(options.cwd);
  const call = readDataManagerCall(argv, config?.values ?? new Map(), known);
  if (config !== undefined && config.unknown.length > 0)
    options.warn(`config.json says more than is understood: ${config.unknown.join(', ')}.`);
  await checkPath(call, options.cwd);
  const isNeeded = call.output === undefined && call.verb !== 'clean';
  return inOurWords(call, isNeeded ? await askOutput(options.cwd, options.ask) : call.output);
}

/** Throws UserError when what is named is not there, or is a file for `--all` or a folder for `--single`. */
async function checkPath({ kind, path }: DataManagerCall, cwd: string): Promise<void> {
  if (path === '') return;
  // Loaded on demand: a call for help comes by here too.
  const { checkRoot } = await import('../library/root.ts');
  const found = checkRoot(resolve(cwd, path));
  if (found.kind === kind) return;
  throw new UserError(
    kind === 'folder'
      ? `--all takes a folder, and ${found.path} is a file.`
      : `--single takes a model file, and ${found.path} is a folder.`,
    { code: 'bad-argument', next: kind === 'folder' ? 'Use --single for it.' : 'Use --all for it.' },
  );
}
