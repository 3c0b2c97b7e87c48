import type { ChangeView } from './views.ts';

/** The words for fields of the history. Others are shown with blanks for `_`. */
const WORDS: Readonly<Record<string, string>> = {
  nsfw: 'marked mature',
  nsfw_level: 'rating level',
  poi: 'real person',
  minor: 'marked minor',
  allow_no_credit: 'use without credit',
  allow_derivatives: 'merges allowed',
  allow_different_license: 'other licence on merges',
  published_at: 'published',
};
const FLAGS = new Set([
  'nsfw',
  'poi',
  'minor',
  'allow_no_credit',
  'allow_derivatives',
  'allow_different_license',
]);
const LISTS = new Set(['tags', 'trained_words', 'commercial_use']);

/** A row of the history in words: `trained_words` with JSON lists becomes `trained words` with `a, b`. */
export function changeView(row: {
  readonly at: number;
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}): ChangeView {
  return {
    at: row.at,
    field: fieldOf(row.field),
    before: valueOf(row.field, row.before),
    after: valueOf(row.field, row.after),
  };
}

function fieldOf(field: string): string {
  if (field.startsWith('file:')) return field.endsWith(':sha256') ? "a file's SHA-256" : 'file';
  return Object.hasOwn(WORDS, field) ? (WORDS[field] ?? field) : field.replaceAll('_', ' ');
}

function valueOf(field: string, value: string | null): string | undefined {
  if (value === null) return undefined;
  if (FLAGS.has(field)) return value === '1' ? 'yes' : 'no';
  const list = listOf(field, value);
  if (list !== undefined) return list.join(', ');
  return field.endsWith('_at') || field.endsWith('_until') ? value.slice(0, 10) : value;
}

/** The entries of a field that holds a list; `undefined` for other fields, and for no value. */
export function listOf(field: string, value: string | null): readonly string[] | undefined {
  return LISTS.has(field) && value !== null ? (JSON.parse(value) as string[]) : undefined;
}
