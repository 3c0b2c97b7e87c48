import { UserError } from '../../base/errors.ts';
import { nearestWord } from '../../base/nearest-word.ts';
import { foldName } from '../../profiles/file-name.ts';
import { parseTemplate, renderTemplate } from '../../profiles/template.ts';
import type { PathTemplate } from '../../profiles/template.ts';

/** The templates that have a name. Those by rating are for payloads that have ratings; the site no longer sends them. */
export const TEMPLATES: Readonly<Record<string, string>> = {
  by_type: '{type}',
  by_creator: '{creator}',
  by_type_and_creator: '{type}/{creator}',
  by_type_and_basemodel: '{type}/{base_model}',
  by_base_model: '{base_model}/{type}',
  by_nsfw: '{nsfw}/{type}',
  by_type_basemodel_nsfw: '{type}/{base_model}/{nsfw}',
  by_date: '{year}/{month}/{type}',
  by_model_info: '{model_type}/{model_name}',
  by_rating: '{weighted_rating}/{type}',
  by_type_and_rating: '{type}/{weighted_rating}',
  by_raw_rating: '{rating}/{type}',
  by_type_and_raw_rating: '{type}/{rating}',
  by_thumbs: '{weighted_thumbsup}/{type}',
  by_type_and_thumbs: '{type}/{weighted_thumbsup}',
  by_downloads: '{download_band}/{type}',
  by_type_and_downloads: '{type}/{download_band}',
};

/** Everything that may stand in braces. */
export const PLACEHOLDERS = [
  'model_name',
  'model_id',
  'version_name',
  'version_id',
  'type',
  'model_type',
  'creator',
  'base_model',
  'nsfw',
  'year',
  'month',
  'day',
  'rating',
  'weighted_rating',
  'rating_count',
  'weighted_thumbsup',
  'thumbs_up_count',
  'download_count',
  'download_band',
] as const;

/** What the placeholders stand for; `undefined` where nothing is known, which gives the default. */
export type TemplateValues = Readonly<Record<(typeof PLACEHOLDERS)[number], string | undefined>>;

/** Names below a root that a walk passes over: no file may vanish into them. */
const PASSED_OVER: ReadonlySet<string> = new Set(['gallery.files']);

/** Reads a template given by name or as a path with placeholders. Throws UserError `bad-template`. */
export function templateOf(text: string): PathTemplate {
  if (text.includes('{')) return parseTemplate(text, PLACEHOLDERS);
  const source = Object.hasOwn(TEMPLATES, text) ? TEMPLATES[text] : undefined;
  if (source !== undefined) return parseTemplate(source, PLACEHOLDERS);
  const nearest = nearestWord(text, Object.keys(TEMPLATES));
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  throw new UserError(`There is no template "${text}".${hint}`, {
    code: 'bad-template',
    next: `Templates: ${Object.keys(TEMPLATES).join(', ')}; or your own, for example '{type}/{creator|nobody}'.`,
  });
}

/** The folder a template gives for these values: relative to the output folder, `/` between segments. */
export function folderFor(template: PathTemplate, values: TemplateValues): string {
  const segments = renderTemplate(template, values).split('/');
  return segments.map((name) => (PASSED_OVER.has(foldName(name)) ? `_${name}` : name)).join('/');
}
