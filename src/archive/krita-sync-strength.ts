import type { Kysely } from 'kysely';
import { isRecord, parseJson } from '../base/json.ts';
import { latestPayloads } from '../catalog/payload.ts';
import type { Tables } from '../catalog/schema.ts';
import { readByKeys } from '../catalog/upsert.ts';
import { namedResources } from '../catalog/view-resources.ts';
import { numberIn } from '../formats/sidecars/fields.ts';
import type { MergedSidecar } from '../formats/sidecars/merge-sidecars.ts';
import { plainText } from '../query/plain-text.ts';
import type { KnownLora } from './krita-sync-words.ts';

/** Where a strength comes from: notes and header of the file, the site's words, what was used in images we know. */
export type StrengthSource = 'file' | 'site' | 'observed';

/** The strengths of files by file id, from one source; files without one are left out. */
export async function strengthsOf(
  db: Kysely<Tables>,
  files: readonly (KnownLora & { readonly notes: MergedSidecar })[],
  source: StrengthSource,
): Promise<Map<number, number>> {
  const find =
    source === 'file'
      ? await ofFiles(db, files)
      : source === 'site'
        ? await ofSite(db, files)
        : await observed(db, files);
  return new Map(
    files.flatMap((file) => {
      const strength = find(file);
      return strength === undefined || !isStrength(strength)
        ? []
        : [[file.fileId, Math.round(strength * 100) / 100] as const];
    }),
  );
}

type Find<File> = (file: File) => number | undefined;

/** Beyond these a number is a slip of the pen. */
function isStrength(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) >= 0.05 && Math.abs(value) <= 4;
}

async function ofFiles(
  db: Kysely<Tables>,
  files: readonly KnownLora[],
): Promise<Find<KnownLora & { readonly notes: MergedSidecar }>> {
  const rows = await readByKeys(
    files.map((file) => file.fileId),
    (some) =>
      db
        .selectFrom('file')
        .innerJoin('header', 'header.blob_id', 'file.blob_id')
        .select(['file.id', 'header.metadata'])
        .where('file.id', 'in', some)
        .where('header.metadata', 'is not', null)
        .execute(),
  );
  const headers = new Map(rows.map((row) => [row.id, row.metadata]));
  return (file) => file.notes.own.preferredWeight?.value ?? weightInHeader(headers.get(file.fileId) ?? null);
}

function weightInHeader(metadata: string | null): number | undefined {
  const header: unknown = metadata === null ? undefined : parseJson(metadata);
  return isRecord(header) ? numberIn(header['modelspec.lora_default_weight']) : undefined;
}

async function ofSite(db: Kysely<Tables>, files: readonly KnownLora[]): Promise<Find<KnownLora>> {
  const ids = files.flatMap((file) => file.versionId ?? []);
  const payloads = await latestPayloads(db, 'version', ids.map(String));
  const rows = await readByKeys(ids, (some) =>
    db
      .selectFrom('version')
      .leftJoin('model', 'model.id', 'version.model_id')
      .select(['version.id', 'version.description', 'model.description as about'])
      .where('version.id', 'in', some)
      .execute(),
  );
  const texts = new Map(rows.map((row) => [row.id, [row.description, row.about]]));
  return ({ versionId }) => {
    if (versionId === null) return undefined;
    const raw = payloads.get(String(versionId))?.raw;
    return (
      weightInAnswer(raw) ??
      texts
        .get(versionId)
        ?.map((html) => weightInText(html === null ? '' : plainText(html, MOST_TEXT)))
        .find((weight) => weight !== undefined)
    );
  };
}

/** Characters of a description that are searched. */
const MOST_TEXT = 20_000;

function weightInAnswer(raw: string | undefined): number | undefined {
  const answer: unknown = raw === undefined ? undefined : parseJson(raw);
  const settings = isRecord(answer) ? answer['settings'] : undefined;
  return isRecord(settings) ? numberIn(settings['strength']) : undefined;
}

const ADVICE =
  /\b(?:recommend(?:ed|ing)?|suggest(?:ed)?|optimal|ideal|best|good|use)\b[^.\n\d]{0,40}\b(?:weights?|strength)\b[^.\n\d]{0,25}(\d(?:\.\d{1,2})?)(?:\s?(?:-|–|—|~|to)\s?(\d(?:\.\d{1,2})?))?(?![\d%])/i;

/** The strength that a description recommends in plain words; of a range its middle. */
export function weightInText(text: string): number | undefined {
  const match = ADVICE.exec(text);
  if (match === null) return undefined;
  const [low, high] = [Number(match[1]), Number(match[2] ?? match[1])];
  const middle = Math.round(((low + high) / 2) * 100) / 100;
  return low > 0 && high >= low && high <= 2 ? middle : undefined;
}

/** Fewer uses than these are no habit. */
const LEAST_USES = 3;

async function observed(db: Kysely<Tables>, files: readonly KnownLora[]): Promise<Find<KnownLora>> {
  const ids = files.flatMap((file) => file.versionId ?? []);
  const rows = await readByKeys(ids, (some) =>
    db
      .selectFrom('image_use')
      .innerJoin('gen_param', 'gen_param.image_id', 'image_use.image_id')
      .select(['image_use.version_id', 'image_use.image_id', 'gen_param.settings'])
      .where('image_use.version_id', 'in', some)
      .execute(),
  );
  const hashes = await hashesOf(db, ids);
  const weights = new Map<number, Map<number, number>>();
  for (const row of rows) {
    const weight = weightIn(row.settings, row.version_id, hashes.get(row.version_id) ?? new Set());
    if (weight === undefined) continue;
    const ofVersion = weights.get(row.version_id) ?? new Map<number, number>();
    weights.set(row.version_id, ofVersion.set(row.image_id, weight));
  }
  return ({ versionId }) => {
    const used = [...(weights.get(versionId ?? 0)?.values() ?? [])];
    return used.length < LEAST_USES ? undefined : median(used);
  };
}

/** Version to every hash of its files, lower case. */
async function hashesOf(
  db: Kysely<Tables>,
  versionIds: readonly number[],
): Promise<Map<number, Set<string>>> {
  const rows = await readByKeys(versionIds, (some) =>
    db
      .selectFrom('version_file')
      .innerJoin('version_file_hash', 'version_file_hash.file_id', 'version_file.id')
      .select(['version_file.version_id', 'version_file_hash.value'])
      .where('version_file.version_id', 'in', some)
      .execute(),
  );
  const hashes = new Map<number, Set<string>>();
  for (const row of rows)
    hashes.set(row.version_id, (hashes.get(row.version_id) ?? new Set()).add(row.value));
  return hashes;
}

function weightIn(settings: string, versionId: number, hashes: ReadonlySet<string>): number | undefined {
  const value: unknown = parseJson(settings);
  if (!isRecord(value)) return undefined;
  const used = namedResources(value).find(
    (resource) =>
      resource.weight !== undefined &&
      (resource.versionId === versionId || (resource.hash !== undefined && isOneOf(hashes, resource.hash))),
  );
  const weight = numberIn(used?.weight);
  return weight === undefined || !isStrength(weight) ? undefined : weight;
}

/** Images name hashes by their first digits. */
function isOneOf(hashes: ReadonlySet<string>, start: string): boolean {
  return [...hashes].some((hash) => hash.startsWith(start));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
