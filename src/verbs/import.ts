import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatCount } from '../base/bytes.ts';
import { AppError, messageOf, UserError } from '../base/errors.ts';
import { findRecords, withoutLoose } from '../archive/records/find-records.ts';
import type { FoundRecord } from '../archive/records/record.ts';
import { takeDownloads } from '../archive/records/take-downloads.ts';
import type { TakenDownloads } from '../archive/records/take-downloads.ts';
import { takeRecords } from '../archive/records/take-records.ts';
import { rootsOf, unsettleRoot } from '../catalog/root.ts';
import type { Deps } from './deps.ts';
import { recorded } from './record-run.ts';
import type { RunResult, Verb } from './verb.ts';

/** `civitarium import PATH...`: other tools' records in. */
export const importVerb: Verb = {
  name: 'import',
  summary: "take over other tools' records of what Civitai said, and of what they brought",
  description:
    "Reads the output folders of Civitai Data Manager and the notes of CivitScraper, and takes the site's answers in them over with the dates of their files: what was known stays known, also of models that the site has removed since. An error that was kept in place of an answer is none. What the catalog holds from later is left as it is. The files that are read stay as they are; civitarium scan then shows what came in, and asks the site only about the rest.\n\nOf the post and user downloader it reads download_log.json (NAME_download_log.json too), downloaded_files.json and lists of ids: what they name, what is there with the size they say and whole to its end counts as held, so that civitarium get does not fetch it again. Addresses in them are not taken over. Of a damaged log whatever can be read is taken, and the log is named.",
  examples: [
    ['civitarium import ~/civitai-data', 'the output folder of Civitai Data Manager'],
    ['civitarium import ~/CivitAI', 'what the post and user downloader brought'],
    ['civitarium import ~/models --dry-run', 'what would be taken of the notes beside models'],
  ],
  arguments: [{ name: 'path', many: true, required: true, summary: 'folders or files with records' }],
  options: [],
  async run(deps, input) {
    return await recorded(deps, 'import', input, async () => await importAll(deps, input.arguments));
  },
};

/** Of a list of downloads each is a record of its own. */
function nameOf(one: FoundRecord): string {
  const more = one.kind === 'download' ? ` ${one.type} ${one.id}` : '';
  return `${one.path} ${one.kind}${more}`;
}

/** More are not named. */
const MOST_NAMED = 5;

function absentWarning(absent: TakenDownloads['absent']): string {
  const some = absent.slice(0, MOST_NAMED).map(({ type, id }) => `${type} ${id}`);
  const more = absent.length > MOST_NAMED ? ' …' : '';
  return `${formatCount(absent.length)} of what lists of downloads name are not there, or not as they say, and would be fetched: ${some.join(', ')}${more}`;
}

async function importAll(deps: Deps, paths: readonly string[]): Promise<RunResult> {
  const catalog = await deps.catalog();
  const found: FoundRecord[] = [];
  const places = paths.map((one) => resolve(deps.cwd, one));
  for (const path of places) {
    try {
      found.push(...(await findRecords(path, deps.signal)));
    } catch (error) {
      if (deps.signal.aborted || error instanceof AppError) throw error;
      throw new UserError(`${path} can not be read: ${messageOf(error)}.`, {
        code: 'path-unreadable',
        next: 'Name a folder that holds the records.',
      });
    }
  }
  // A folder may be named along with one inside it.
  const all = withoutLoose([...new Map(found.map((one) => [nameOf(one), one])).values()]);
  const downloads = all.filter((one) => one.kind === 'download');
  const records = all.filter((one) => one.kind !== 'download');
  const { dryRun } = deps.settings;
  const { pictures, ...noted } = await takeRecords(catalog, records, { dry: dryRun, signal: deps.signal });
  const brought = await takeDownloads(downloads, {
    catalog,
    hostId: await deps.hostId(),
    dry: dryRun,
    signal: deps.signal,
    now: deps.clock.now(),
    folders: places.filter((path) => statSync(path).isDirectory()),
  });
  const absent = brought.absent.length;
  const counts = {
    total: noted.total + brought.taken + brought.known + absent,
    taken: noted.taken + brought.taken,
    known: noted.known + brought.known,
    unused: noted.unused + absent,
    refused: noted.refused,
  };
  // What came in changes what pages say: the next scan looks at all of them.
  if (!dryRun && noted.taken > 0)
    for (const { id } of await rootsOf(catalog.db, await deps.hostId())) await unsettleRoot(catalog, id);
  const failures = records.flatMap((one) =>
    one.kind === 'refused' ? [{ what: one.path, code: one.code, why: one.why }] : [],
  );
  return {
    counts,
    warnings: absent === 0 ? [] : [absentWarning(brought.absent)],
    failures,
    exitCode: failures.length > 0 ? 3 : 0,
    summary: [
      '',
      [
        `${formatCount(counts.taken)} ${dryRun ? 'to take' : 'taken'} (${formatCount(pictures)} previews, ${formatCount(brought.taken)} downloads)`,
        `${formatCount(counts.known)} known`,
        `${formatCount(counts.unused)} without use`,
        `${formatCount(counts.refused)} refused`,
      ].join('   '),
    ],
  };
}
