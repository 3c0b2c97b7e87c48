import { scrubText } from '../base/json.ts';

/** The row with every text in it fit for both engines: NUL and lone surrogates become U+FFFD. Bytes stay as they are. */
export function cleanText<Row extends object>(row: Row): Row {
  const entries = Object.entries(row).map(([column, value]: [string, unknown]) => [
    column,
    typeof value === 'string' ? scrubText(value) : value,
  ]);
  return Object.fromEntries(entries) as Row;
}
