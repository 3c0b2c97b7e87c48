import { formatBytes, formatCount } from '../../base/bytes.ts';
import { groupBy } from '../../catalog/upsert.ts';
import type { TrashReason } from '../../catalog/trash.ts';
import type { CleanItem, CleanPlan } from '../../archive/clean/clean-item.ts';
import { shownPath } from '../../library/disk-path.ts';
import { homePath, listedPath } from '../summary.ts';

const TITLES: Readonly<Record<TrashReason, string>> = {
  gone: 'About model files that are gone',
  unused: 'Where a model file had its notes before',
  duplicate: 'The same bytes once more, and what is about them',
  'same-tensors': 'The same tensors under another header, and what is about them',
};

/** A plan for people: what would go, by reason, with sizes; then what stays though it would go. */
export function cleanLines({ items, refused }: CleanPlan): string[] {
  const lines: string[] = [];
  for (const [reason, some] of groupBy(items, (item) => item.reason)) {
    lines.push(`${TITLES[reason]}   ${totalOf(some)}`);
    for (const item of some) {
      lines.push(lineOf(item.size, item.path));
      if (item.output === undefined) lines.push(`${' '.repeat(13)}${listedPath(item.why)}`);
    }
    lines.push('');
  }
  if (refused.length > 0) {
    lines.push('These stay, though we wrote them');
    for (const { path, size, why } of refused) lines.push(`${lineOf(size, path)}   ${why}`);
    lines.push('');
  }
  return lines;
}

/** A file of a list with its size. */
export function lineOf(size: number, path: string): string {
  return `  ${formatBytes(size).padStart(9)}  ${listedPath(homePath(shownPath(path)))}`;
}

/** How many files and how much room. */
export function totalOf(files: readonly Pick<CleanItem, 'size'>[]): string {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return `${counted(files.length)}, ${formatBytes(bytes)}`;
}

/** `1 file`, `12 files`. */
export function counted(files: number): string {
  return `${formatCount(files)} ${files === 1 ? 'file' : 'files'}`;
}
