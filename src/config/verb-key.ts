import type { Option } from '../verbs/option.ts';

/** A flag as a key: `--max-age` is `max_age`. */
export function keyOf(option: Pick<Option, 'name'>): string {
  return option.name.replaceAll('-', '_');
}
