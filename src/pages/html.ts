/** What may stand in an `html` template: text is escaped, nothing is printed for `undefined`, `null` and `false`. */
export type HtmlValue = Html | string | number | undefined | null | false | readonly HtmlValue[];

/** Markup that is safe to print as it stands. */
export class Html {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** Trusts `text` as markup: the only way round the escaping. */
  static unsafe(text: string): Html {
    return new Html(text);
  }

  toString(): string {
    return this.text;
  }
}

/** Nothing. */
export const nothing = Html.unsafe('');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

// oxlint-disable-next-line no-control-regex -- these are the characters to replace
const CONTROL = /[\0-\x08\x0b\x0e-\x1f\x7f]/g;

/** Text for an element or a quoted attribute. Characters that HTML forbids become U+FFFD. */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replace(CONTROL, '\uFFFD')
    .replace(/[&<>"'`]/g, (char) => ENTITIES[char] ?? char);
}

/** A template whose values are escaped. Attributes must stand in double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = strings[0] ?? '';
  for (const [index, value] of values.entries()) text += print(value) + (strings[index + 1] ?? '');
  return Html.unsafe(text);
}

function print(value: HtmlValue): string {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(print).join('');
  return escapeHtml(String(value));
}
