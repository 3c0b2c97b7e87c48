import { formatCount } from '../base/bytes.ts';
import { formatDay } from '../base/dates.ts';
import { listMissing } from '../catalog/missing.ts';
import type { MissingItem } from '../catalog/missing.ts';
import type { Verb } from './verb.ts';
import { flagOption } from './option.ts';
import { listedPath } from './summary.ts';

/** `civitarium missing`: what the site does not have, or no longer has. */
export const missing: Verb = {
  name: 'missing',
  summary: 'list what the site does not have, or no longer has',
  description:
    'Lists the files that Civitai did not know when it was last asked ("missing"), those it knew once and no longer shows, them or their model ("removed", with the day they were last seen; everything that was known of them is kept), and those it could not be asked about ("unchecked").',
  examples: [
    ['civitarium missing', 'every file that is not on the site, by state'],
    ['civitarium missing --removed --json', 'only what was taken down, as one line of JSON'],
  ],
  arguments: [],
  options: [
    { name: 'removed', kind: 'flag', summary: 'only models that were there once' },
    { name: 'never', kind: 'flag', summary: 'only files the site never knew' },
  ],
  async run(deps, input) {
    const catalog = await deps.catalog();
    const all = await listMissing(catalog.db);
    const wanted = new Set(
      [flagOption(input, 'removed') ? 'removed' : '', flagOption(input, 'never') ? 'missing' : ''].filter(
        Boolean,
      ),
    );
    const items = wanted.size === 0 ? all : all.filter((item) => wanted.has(item.state));
    for (const item of items) {
      deps.terminal.print(
        `${item.state.padEnd(9)}  ${listedPath(item.path)}${item.modelName === undefined ? '' : `  (${item.modelName})`}${datesOf(item)}`,
      );
    }
    const count = (state: string): number => items.filter((item) => item.state === state).length;
    const counts = {
      total: items.length,
      missing: count('missing'),
      removed: count('removed'),
      unchecked: count('unchecked'),
    };
    return {
      counts,
      warnings: [],
      failures: [],
      exitCode: 0,
      summary: [
        '',
        `${formatCount(counts.missing)} missing   ${formatCount(counts.removed)} removed   ${formatCount(counts.unchecked)} unchecked`,
      ],
      data: { items },
    };
  },
};

/** Of what was removed both days: when it was last there, and when the site was found without it. */
function datesOf({ state, lastFoundAt, since, gone }: MissingItem): string {
  if (lastFoundAt === undefined) return '';
  const seen = `  last seen ${formatDay(lastFoundAt)}`;
  if (state !== 'removed' || since === undefined) return seen;
  return `${seen}, ${gone === 'file' ? '' : `its ${gone} `}gone since ${formatDay(since)}`;
}
