import { resolve } from 'node:path';
import { formatCount } from '../base/bytes.ts';
import { AppError, messageOf, UserError } from '../base/errors.ts';
import { findRecords, withoutLoose } from '../archive/records/find-records.ts';
import type { FoundRecord } from '../archive/records/record.ts';
import { takeRecords } from '../archive/records/take-records.ts';
import { rootsOf, unsettleRoot } from '../catalog/root.ts';
import type { Deps } from './deps.ts';
import { recorded } from './record-run.ts';
import type { RunResult, Verb } from './verb.ts';

/** `civitarium import PATH...`: other tools' records in. */
export const importVerb: Verb = {
  name: 'import',
  summary: "take over other tools' records of what Civitai said",
  description:
    "Reads the output folders of Civitai Data Manager and the notes of CivitScraper, and takes the site's answers in them over with the dates of their files: what was known stays known, also of models that the site has removed since. An error that was kept in place of an answer is none. What the catalog holds from later is left as it is. The files that are read stay as they are; civitarium scan then shows what came in, and asks the site only about the rest.",
  examples: [
    ['civitarium import ~/civitai-data', 'the output folder of Civitai Data Manager'],
    ['civitarium import ~/models --dry-run', 'what would be taken of the notes beside models'],
  ],
  arguments: [{ name: 'path', many: true, required: true, summary: 'folders or files with records' }],
  options: [],
  async run(deps, input) {
    return await recorded(deps, 'import', input, async () => await importAll(deps, input.arguments));
  },
};

async function importAll(deps: Deps, paths: readonly string[]): Promise<RunResult> {
  const catalog = await deps.catalog();
  const found: FoundRecord[] = [];
  for (const path of paths.map((one) => resolve(deps.cwd, one))) {
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
  const records = withoutLoose([...new Map(found.map((one) => [`${one.path} ${one.kind}`, one])).values()]);
  const { dryRun } = deps.settings;
  const { pictures, ...counts } = await takeRecords(catalog, records, { dry: dryRun, signal: deps.signal });
  // What came in changes what pages say: the next scan looks at all of them.
  if (!dryRun && counts.taken > 0)
    for (const { id } of await rootsOf(catalog.db, await deps.hostId())) await unsettleRoot(catalog, id);
  const failures = records.flatMap((one) =>
    one.kind === 'refused' ? [{ what: one.path, code: one.code, why: one.why }] : [],
  );
  return {
    counts,
    warnings: [],
    failures,
    exitCode: failures.length > 0 ? 3 : 0,
    summary: [
      '',
      [
        `${formatCount(counts.taken)} ${dryRun ? 'to take' : 'taken'} (${formatCount(pictures)} previews)`,
        `${formatCount(counts.known)} known`,
        `${formatCount(counts.unused)} without use`,
        `${formatCount(counts.refused)} refused`,
      ].join('   '),
    ],
  };
}
