import { mkdirSync } from 'node:fs';
import { makeLists } from '../../archive/prompt-lists.ts';
import type { Deps } from '../deps.ts';
import { listOption } from '../option.ts';
import type { Input } from '../option.ts';
import { homePath } from '../summary.ts';
import type { RunResult } from '../verb.ts';
import { listFolder } from './wishes.ts';

/** Makes the files of lists that are not there. */
export async function initLists(deps: Deps, input: Input): Promise<RunResult> {
  const folder = listFolder(deps, input);
  const { dryRun } = deps.settings;
  if (!dryRun) mkdirSync(folder, { recursive: true });
  const names = listOption(input, 'use');
  const { made, there } = await makeLists(folder, names, dryRun);
  return {
    counts: { total: made.length + there.length, made: made.length, there: there.length },
    warnings: [],
    failures: [],
    exitCode: 0,
    summary: [
      ...made.map((path) => `${dryRun ? 'would make' : 'made'}    ${homePath(path)}`),
      ...there.map((path) => `there   ${homePath(path)}`),
    ],
    data: { folder, made, there },
  };
}
