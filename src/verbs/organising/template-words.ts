import { UserError } from '../../base/errors.ts';
import { templateOf, TEMPLATES } from '../../archive/organise/templates.ts';

/** The templates that have a name. */
export const TEMPLATE_NAMES: readonly string[] = Object.keys(TEMPLATES);

/** What is wrong with a template, named or custom; `undefined` when it can be used. */
export function templateFault(
  text: string,
): { readonly message: string; readonly next?: string } | undefined {
  try {
    templateOf(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { message: error.message, ...(error.next === undefined ? {} : { next: error.next }) };
  }
}
