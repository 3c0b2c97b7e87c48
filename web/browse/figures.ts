import { formatBytes, formatCount } from '../../src/base/bytes.ts';

/** A counter in few characters: `948`, `12.4k`, `1.2M`; '' when unknown. */
export function shortCount(count: number | undefined): string {
  if (count === undefined || count < 0) return '';
  if (count < 1000) return String(count);
  if (count < 999_500) return `${trim(count / 1000)}k`;
  return `${trim(count / 1_000_000)}M`;
}

function trim(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, '');
}

/** A counter in full; '' when unknown. */
export function fullCount(count: number | undefined): string {
  return count === undefined || count < 0 ? '' : formatCount(count);
}

/** A size in binary units; '' when unknown. */
export function sizeText(bytes: number | undefined): string {
  return bytes === undefined || bytes < 0 ? '' : formatBytes(bytes);
}

/** A day as the reader writes it, from epoch seconds; '' when unknown. */
export function dayText(seconds: number | undefined): string {
  if (seconds === undefined || seconds < 0 || seconds > 8.64e12) return '';
  return new Date(seconds * 1000).toLocaleDateString(undefined, { dateStyle: 'medium' });
}
