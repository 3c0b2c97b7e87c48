import { formatBytes, formatCount } from '../base/bytes.ts';
import { listDuplicates } from '../catalog/duplicates.ts';
import { listedPath } from './summary.ts';
import type { Verb } from './verb.ts';

/** `civitarium duplicates`: the same bytes more than once. */
export const duplicates: Verb = {
  name: 'duplicates',
  summary: 'list files with the same bytes',
  description:
    'Lists groups of files that are equal byte for byte, with the space that all but one of each take. Hard links to one file count once. Nothing is removed.',
  examples: [
    ['civitarium duplicates', 'groups of equal files, the largest first'],
    ['civitarium duplicates --json', 'the same for a script'],
  ],
  arguments: [],
  options: [],
  async run(deps) {
    const catalog = await deps.catalog();
    const groups = await listDuplicates(catalog.db);
    for (const [index, group] of groups.entries()) {
      if (index > 0) deps.terminal.print('');
      deps.terminal.print(
        `${formatCount(group.paths.length)} files of ${formatBytes(group.size)}   ${formatBytes(group.freeable)} to gain   ${group.sha256.slice(0, 10).toUpperCase()}`,
      );
      for (const path of group.paths) deps.terminal.print(`  ${listedPath(path)}`);
    }
    const freeable = groups.reduce((sum, group) => sum + group.freeable, 0);
    const files = groups.reduce((sum, group) => sum + group.paths.length, 0);
    const counts = { total: files, groups: groups.length, extra: files - groups.length, bytes: freeable };
    const summary =
      groups.length === 0
        ? ['No two files are equal.']
        : [
            '',
            `${formatCount(groups.length)} groups   ${formatCount(counts.extra)} files too many   ${formatBytes(freeable)} to gain`,
          ];
    return { counts, warnings: [], failures: [], exitCode: 0, summary, data: { groups } };
  },
};
