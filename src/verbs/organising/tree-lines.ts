import { dirname } from 'node:path';
import type { OrganisePlan, PlanFile } from '../../archive/organise/plan.ts';
import { shownPath } from '../../library/disk-path.ts';

interface Leaf {
  /** Absolute. */
  readonly to: string;
  /** Absolute; undefined for what is in its place. */
  readonly from: string | undefined;
  readonly beside: number;
}

/** The tree under the output folders as a plan would leave it: model files, where each comes from, and how much comes along. */
export function treeLines(plan: OrganisePlan, outputs: readonly string[]): string[] {
  const leaves: Leaf[] = plan.groups.map(({ file, target, companions }) => ({
    to: shownPath(target),
    from: shownPath(file.path),
    beside: companions.length,
  }));
  for (const { file, status } of plan.staying) {
    if (status === 'identical' && outputs.some((output) => isBelow(output, file)))
      leaves.push({ to: shownPath(file.path), from: undefined, beside: 0 });
  }
  return [...new Set(outputs)].flatMap((output) =>
    branch(
      output,
      leaves.filter((leaf) => leaf.to.startsWith(`${output}/`)),
    ),
  );
}

function isBelow(output: string, file: PlanFile): boolean {
  return shownPath(file.path).startsWith(`${output}/`);
}

function branch(output: string, leaves: readonly Leaf[]): string[] {
  const lines = [`${output}/`];
  let open: string[] = [];
  for (const leaf of [...leaves].sort((a, b) => (a.to < b.to ? -1 : 1))) {
    const folders = dirname(leaf.to)
      .slice(output.length + 1)
      .split('/')
      .filter(Boolean);
    for (const [depth, name] of folders.entries()) {
      if (open.slice(0, depth + 1).join('/') === folders.slice(0, depth + 1).join('/')) continue;
      lines.push(`${'  '.repeat(depth + 1)}${name}/`);
      open = folders.slice(0, depth + 1);
    }
    open = folders;
    lines.push(
      `${'  '.repeat(folders.length + 1)}${leaf.to.slice(dirname(leaf.to).length + 1)}${origin(leaf)}`,
    );
  }
  return lines;
}

function origin({ from, beside }: Leaf): string {
  if (from === undefined) return '';
  return `  (from ${from}${beside === 0 ? '' : `, with ${beside} beside it`})`;
}
