import { resolve } from 'node:path';
import { formatCount } from '../base/bytes.ts';
import { UserError } from '../base/errors.ts';
import { syncKrita } from '../archive/krita-sync.ts';
import type { KritaDiff, KritaSynced } from '../archive/krita-sync.ts';
import { findKritaLoras, kritaPlaces } from '../archive/krita-sync-places.ts';
import { isKritaRunning } from '../archive/krita-sync-running.ts';
import type { Deps } from './deps.ts';
import { flagOption, textOption } from './option.ts';
import type { Input } from './option.ts';
import { recorded } from './record-run.ts';
import type { RunResult, Verb } from './verb.ts';

/** `civitarium krita sync`: trigger words into Krita AI Diffusion's list. */
export const krita: Verb = {
  name: 'krita',
  summary: "bring trigger words into Krita AI Diffusion's loras.json",
  description:
    'krita sync finds the scanned LoRAs in the list that the Krita AI Diffusion plug-in keeps, and writes their trigger words there: the words the site names, else your own activation text from a note beside the file. Entries are matched by path, then by hash, then by a name that only one file has; what could mean several files is reported and left. Everything else in the list stays as it is, and a copy of the old list is kept beside it. Close Krita first: it holds the list in memory and writes over it.',
  examples: [
    ['civitarium krita sync --dry-run', 'what would change, entry by entry'],
    ['civitarium krita sync', 'the list of the Krita on this machine; your own texts stay'],
    [
      'civitarium krita sync --strength file --overwrite always',
      'also set strengths, and replace texts that are there',
    ],
    ['civitarium krita sync ~/models/lora --loras-file loras.json', 'one folder, and a list elsewhere'],
  ],
  arguments: [
    { name: 'what', many: false, required: true, summary: 'sync' },
    {
      name: 'path',
      many: true,
      required: false,
      summary: 'only LoRAs in these folders; without any, everything scanned on this machine',
    },
  ],
  options: [
    {
      name: 'loras-file',
      kind: 'text',
      value: 'FILE',
      summary: "the plug-in's list (default: database/loras.json in its data folder)",
    },
    {
      name: 'overwrite',
      kind: 'text',
      value: 'WHEN',
      choices: ['never', 'empty', 'always'],
      default: 'empty',
      summary: 'texts that are there: keep even empty ones, fill empty ones, or replace all (default empty)',
    },
    {
      name: 'strength',
      kind: 'text',
      value: 'SOURCE',
      choices: ['file', 'site', 'observed'],
      summary:
        'also set strengths where there is none: from notes and header of the file, from what the site says, or the median of the images we know',
    },
    {
      name: 'add',
      kind: 'flag',
      summary: 'also list known LoRAs that Krita has no entry for, and make the list when there is none',
    },
  ],
  async run(deps, input) {
    const [what, ...paths] = input.arguments;
    if (what !== 'sync')
      throw new UserError(`krita knows sync, not "${what ?? ''}".`, {
        code: 'bad-argument',
        next: 'civitarium help krita',
      });
    return await recorded(deps, 'krita', input, async () => await sync(deps, input, paths));
  },
};

async function sync(deps: Deps, input: Input, paths: readonly string[]): Promise<RunResult> {
  const lorasFile = placeOf(deps, input);
  const running = await runningWarning(deps, lorasFile);
  const synced = await syncKrita({
    catalog: await deps.catalog(),
    hostId: await deps.hostId(),
    paths: paths.map((path) => resolve(deps.cwd, path)),
    lorasFile,
    overwrite: oneOf(textOption(input, 'overwrite'), ['never', 'always'] as const) ?? 'empty',
    strength: oneOf(textOption(input, 'strength'), ['file', 'site', 'observed'] as const),
    add: flagOption(input, 'add'),
    ignoreCase: process.platform === 'win32' || process.platform === 'darwin',
    dryRun: deps.settings.dryRun,
    now: () => deps.clock.now(),
  });
  return resultOf(deps, lorasFile, synced, running);
}

function oneOf<Name extends string>(given: string | undefined, names: readonly Name[]): Name | undefined {
  return names.find((name) => name === given);
}

function placeOf(deps: Deps, input: Input): string {
  const given = textOption(input, 'loras-file');
  if (given !== undefined) return resolve(deps.cwd, given);
  const places = kritaPlaces(process.platform, process.env);
  const found = findKritaLoras(places);
  if (found !== undefined) return found;
  const first = places[0];
  if (flagOption(input, 'add') && first !== undefined) return first;
  throw new UserError(
    `There is no list of Krita AI Diffusion on this machine. Looked for ${places.join(', ')}.`,
    {
      code: 'krita-not-found',
      next: 'Name it with --loras-file. The plug-in makes it when it first connects to a server.',
    },
  );
}

/** Throws when the Krita whose list it is runs just now; a list elsewhere only deserves a word. */
async function runningWarning(deps: Deps, lorasFile: string): Promise<string[]> {
  if ((await isKritaRunning(process.platform)) !== true) return [];
  const isItsOwn = kritaPlaces(process.platform, process.env).includes(lorasFile);
  if (isItsOwn && !deps.settings.dryRun && !deps.settings.yes) {
    throw new UserError(
      'Krita is running. It holds the list in memory and would write over what is changed now.',
      {
        code: 'krita-running',
        next: 'Close Krita, then run the same command again; --yes goes ahead all the same.',
      },
    );
  }
  return ['Krita is running: it may write over what is changed in its list.'];
}

/** Ambiguous entries told by name; all are in the JSON. */
const MOST_TOLD = 10;

function resultOf(
  deps: Deps,
  lorasFile: string,
  { counts, changes, ambiguous, warnings, backup }: KritaSynced,
  running: readonly string[],
): RunResult {
  const { dryRun } = deps.settings;
  const told = ambiguous
    .slice(0, MOST_TOLD)
    .map(
      ({ id, files }) =>
        `${id} may be any of ${files.length} files and was left: ${files.slice(0, 3).join(', ')}`,
    );
  if (ambiguous.length > MOST_TOLD)
    told.push(`${ambiguous.length - MOST_TOLD} more entries may mean several files.`);
  const parts = [
    `${formatCount(counts.entries)} entries`,
    `${formatCount(counts.matched)} matched`,
    `${formatCount(counts.changed)} ${dryRun ? 'would change' : 'changed'}`,
  ];
  if (counts.added > 0) parts.push(`${formatCount(counts.added)} ${dryRun ? 'would be added' : 'added'}`);
  if (counts.ambiguous > 0) parts.push(`${formatCount(counts.ambiguous)} ambiguous`);
  return {
    counts,
    warnings: [...running, ...warnings, ...told],
    failures: [],
    exitCode: 0,
    summary: [
      ...(dryRun ? changes.flatMap(diffLines) : []),
      '',
      parts.join('   '),
      lorasFile,
      ...(backup === undefined ? [] : [`The list as it was: ${backup}`]),
      ...(dryRun ? ['Nothing was changed.'] : []),
    ],
    data: { lorasFile, backup, changes, ambiguous },
  };
}

/** One entry as a diff, in the words of the file. */
function diffLines({ id, before, triggers, strength, added }: KritaDiff): string[] {
  return [
    `${added ? '+++' : '---'} ${id}`,
    ...(triggers !== undefined && before !== undefined ? [`- lora_triggers: ${JSON.stringify(before)}`] : []),
    ...(triggers === undefined ? [] : [`+ lora_triggers: ${JSON.stringify(triggers)}`]),
    ...(strength === undefined ? [] : [`+ lora_strength: ${strength}`]),
  ];
}
