import type { Kysely } from 'kysely';
import type { Tables } from '../../catalog/schema.ts';
import { readByKeys } from '../../catalog/upsert.ts';
import type { TemplateValues } from './templates.ts';

/** What the catalog knows of a file's version, model and creator, as far as templates ask. */
export interface KnownFacts {
  readonly model_id: number;
  readonly model_name: string | null;
  readonly version_id: number;
  readonly version_name: string;
  readonly type: string | null;
  readonly username: string | null;
  readonly base_model: string | null;
  readonly nsfw: number | null;
  /** Epoch ms. */
  readonly created_at: number | null;
  readonly published_at: number | null;
  readonly rating: number | null;
  readonly rating_count: number | null;
  readonly download_count: number | null;
  readonly thumbs_up: number | null;
  readonly model_download_count: number | null;
  readonly model_thumbs_up: number | null;
}

/** The values for the templates of library files, by file id; files of no known version are left out. */
export async function readTemplateValues(
  db: Kysely<Tables>,
  fileIds: readonly number[],
): Promise<Map<number, TemplateValues>> {
  const rows = await readByKeys(fileIds, (some) =>
    db
      .selectFrom('choice')
      .innerJoin('version', 'version.id', 'choice.version_id')
      .leftJoin('model', 'model.id', 'version.model_id')
      .leftJoin('creator', 'creator.username_key', 'model.creator_key')
      .select([
        'choice.file_id',
        'version.id as version_id',
        'version.model_id',
        'version.name as version_name',
      ])
      .select([
        'version.base_model',
        'version.created_at',
        'version.published_at',
        'version.download_count',
        'version.thumbs_up',
      ])
      .select(['model.name as model_name', 'model.type', 'model.nsfw', 'model.rating', 'model.rating_count'])
      .select([
        'model.download_count as model_download_count',
        'model.thumbs_up as model_thumbs_up',
        'creator.username',
      ])
      .where('choice.file_id', 'in', some)
      .execute(),
  );
  return new Map(rows.map((row) => [row.file_id, templateValues(row)]));
}

/** What the placeholders stand for. A file without a fact has no value, so that the template's default counts. */
export function templateValues(facts: KnownFacts): TemplateValues {
  const date = facts.created_at ?? facts.published_at;
  const day = date === null ? undefined : new Date(date).toISOString();
  const { downloads, thumbs } = popularity(facts);
  return {
    model_name: textOf(facts.model_name),
    model_id: String(facts.model_id),
    version_name: textOf(facts.version_name),
    version_id: String(facts.version_id),
    type: textOf(facts.type),
    model_type: textOf(facts.type),
    creator: textOf(facts.username),
    base_model: textOf(facts.base_model),
    nsfw: facts.nsfw === null ? undefined : facts.nsfw === 1 ? 'nsfw' : 'sfw',
    year: day?.slice(0, 4),
    month: day?.slice(5, 7),
    day: day?.slice(8, 10),
    rating: facts.rating === null ? undefined : named('rating', facts.rating),
    weighted_rating: weightedRating(facts, downloads),
    rating_count: countText(facts.rating_count),
    weighted_thumbsup:
      thumbs === null || downloads === null ? undefined : named('thumbs', weightedThumbs(thumbs, downloads)),
    thumbs_up_count: countText(thumbs),
    download_count: countText(downloads),
    download_band: downloads === null ? undefined : bandOf(downloads),
  };
}

/** The version's own counters where it has both, otherwise the model's: one is never divided by the other's. */
function popularity(facts: KnownFacts): {
  readonly downloads: number | null;
  readonly thumbs: number | null;
} {
  if (facts.download_count !== null && facts.thumbs_up !== null)
    return { downloads: facts.download_count, thumbs: facts.thumbs_up };
  if (facts.model_download_count !== null && facts.model_thumbs_up !== null)
    return { downloads: facts.model_download_count, thumbs: facts.model_thumbs_up };
  return {
    downloads: facts.download_count ?? facts.model_download_count,
    thumbs: facts.thumbs_up ?? facts.model_thumbs_up,
  };
}

/** Few ratings for many downloads pull towards 3, as CivitScraper has it. */
function weightedRating(
  { rating, rating_count: count }: KnownFacts,
  downloads: number | null,
): string | undefined {
  if (rating === null) return undefined;
  if (count === 0) return named('rating', 1);
  const weight = Math.min((5 * (count ?? 0)) / Math.max(downloads ?? 0, 1), 1);
  return named('rating', 3 + (rating - 3) * weight);
}

function weightedThumbs(thumbs: number, downloads: number): number {
  return downloads <= 0 ? 1 : 1 + 4 * Math.min((5 * thumbs) / downloads, 1);
}

/** `rating_3.5`: from 1 to 5 in halves. */
function named(word: string, value: number): string {
  return `${word}_${(Math.round(Math.min(Math.max(value, 1), 5) * 2) / 2).toFixed(1)}`;
}

/** `downloads_0`, then `downloads_1+`, `downloads_10+`, … by powers of ten, so that a count growing moves a file seldom. */
function bandOf(downloads: number): string {
  return downloads < 1
    ? 'downloads_0'
    : `downloads_1${'0'.repeat(String(Math.floor(downloads)).length - 1)}+`;
}

function countText(count: number | null): string | undefined {
  return count === null ? undefined : String(count);
}

function textOf(text: string | null): string | undefined {
  return text ?? undefined;
}
