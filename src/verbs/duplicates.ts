import { formatBytes, formatCount } from '../base/bytes.ts';
import { learnTensorHashes } from '../archive/clean/tensor-hashes.ts';
import { listDuplicates, listSameTensors } from '../catalog/duplicates.ts';
import type { DuplicateGroup, SameTensorsGroup } from '../catalog/duplicates.ts';
import type { Deps } from './deps.ts';
import { flagOption } from './option.ts';
import { listedPath } from './summary.ts';
import type { Verb } from './verb.ts';

/** `civitarium duplicates`: the same bytes more than once, and the same tensors under different headers. */
export const duplicates: Verb = {
  name: 'duplicates',
  summary: 'list files with the same bytes, or the same tensors',
  description:
    'Lists groups of files that are equal byte for byte, with the space that all but one of each take; hard links to one file count once. Then those with the same tensors under another header, as far as their tensors were hashed: --same-tensors reads the files that may be such first, and notes what it finds. Nothing is removed; civitarium clean --duplicates does that.',
  examples: [
    ['civitarium duplicates', 'groups of equal files, the largest first'],
    ['civitarium duplicates --same-tensors', 'also those that differ only in their header'],
    ['civitarium duplicates --json', 'the same for a script'],
  ],
  arguments: [],
  options: [
    {
      name: 'same-tensors',
      kind: 'flag',
      summary: 'read files that may have the same tensors under another header',
    },
  ],
  async run(deps, input) {
    const catalog = await deps.catalog();
    const isReading = flagOption(input, 'same-tensors') && !deps.settings.dryRun;
    if (isReading)
      await learnTensorHashes({
        catalog,
        hasher: () => deps.hasher(['AutoV3']),
        rootIds: undefined,
        signal: deps.signal,
      });
    const groups = await listDuplicates(catalog.db);
    const alike = await listSameTensors(catalog.db);
    printGroups(deps, groups, alike);
    const freeable = groups.reduce((sum, group) => sum + group.freeable, 0);
    const files = groups.reduce((sum, group) => sum + group.paths.length, 0);
    const counts = {
      total: files,
      groups: groups.length,
      extra: files - groups.length,
      bytes: freeable,
      same_tensors: alike.reduce((sum, group) => sum + group.paths.length, 0),
      same_tensors_groups: alike.length,
    };
    const summary =
      groups.length === 0
        ? ['No two files are equal.']
        : [
            '',
            `${formatCount(groups.length)} groups   ${formatCount(counts.extra)} files too many   ${formatBytes(freeable)} to gain`,
          ];
    if (alike.length > 0)
      summary.push(
        `${formatCount(alike.length)} groups of the same tensors under different headers   ${formatBytes(alike.reduce((sum, group) => sum + group.freeable, 0))} to gain`,
      );
    return {
      counts,
      warnings: [],
      failures: [],
      exitCode: 0,
      summary,
      data: { groups, same_tensors: alike },
    };
  },
};

function printGroups(
  { terminal }: Deps,
  groups: readonly DuplicateGroup[],
  alike: readonly SameTensorsGroup[],
): void {
  for (const [index, group] of groups.entries()) {
    if (index > 0) terminal.print('');
    terminal.print(
      `${formatCount(group.paths.length)} files of ${formatBytes(group.size)}   ${formatBytes(group.freeable)} to gain   ${group.sha256.slice(0, 10).toUpperCase()}`,
    );
    for (const path of group.paths) terminal.print(`  ${listedPath(path)}`);
  }
  for (const [index, group] of alike.entries()) {
    if (index > 0 || groups.length > 0) terminal.print('');
    terminal.print(
      `${formatCount(group.paths.length)} files with the same tensors, other headers   ${formatBytes(group.freeable)} to gain   AutoV3 ${group.tensors.slice(0, 12).toUpperCase()}`,
    );
    for (const [at, path] of group.paths.entries())
      terminal.print(`  ${listedPath(path)}   ${formatBytes(group.sizes[at] ?? 0)}`);
  }
}
