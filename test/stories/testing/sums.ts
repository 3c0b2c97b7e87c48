import type { JsonResult } from '../../cli.ts';

/** What `counts.files` of a scan must equal; NaN when a part is not told. */
export function partsOfFiles({ counts }: Pick<JsonResult, 'counts'>): number {
  return sumOf(counts, ['identified', 'missing', 'removed', 'unchecked', 'failed']);
}

/** What `counts.checked` of an update must equal; NaN when a part is not told. */
export function partsOfChecked({ counts }: Pick<JsonResult, 'counts'>): number {
  return sumOf(counts, ['same', 'changed', 'removed', 'unchecked']);
}

function sumOf(counts: JsonResult['counts'], parts: readonly string[]): number {
  return parts.reduce((sum, part) => sum + (counts[part] ?? NaN), 0);
}
