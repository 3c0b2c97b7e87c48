import { z } from 'zod';
import { isRecord } from '../../base/json.ts';
import type { ModelId } from '../../base/ids.ts';
import { flag, given, idOf, list, natural, readParts, record, text, type Warn, word } from './lenient.ts';
import { readStats } from './stats.ts';
import type { Model } from './types.ts';
import { readVersion } from './version.ts';

const ModelShape = z.object({
  id: given,
  name: text,
  type: word,
  description: text,
  creator: record,
  tags: list,
  nsfw: flag,
  nsfwLevel: natural,
  poi: flag,
  minor: flag,
  mode: word,
  availability: word,
  allowNoCredit: flag,
  allowDerivatives: flag,
  allowDifferentLicense: flag,
  allowCommercialUse: given,
  stats: given,
  modelVersions: list,
});

const CreatorShape = z.object({ username: word, image: word });

/** Reads a model; `undefined` when it has no id. Bad parts of it are left out with a warning. */
export function readModel(value: unknown, warn: Warn): Model | undefined {
  const parsed = ModelShape.safeParse(value);
  const id = parsed.success ? idOf<ModelId>(parsed.data.id) : undefined;
  if (!parsed.success || id === undefined) return undefined;
  const { data } = parsed;
  const told: Warn = (message) => warn(`model ${id}: ${message}`);
  return {
    id,
    name: data.name ?? '',
    type: data.type ?? 'Other',
    description: data.description,
    creator: readCreator(data.creator),
    tags: readTags(data.tags),
    nsfw: data.nsfw ?? false,
    nsfwLevel: data.nsfwLevel,
    poi: data.poi,
    minor: data.minor,
    mode: data.mode,
    availability: data.availability,
    allowNoCredit: data.allowNoCredit,
    allowDerivatives: data.allowDerivatives,
    allowDifferentLicense: data.allowDifferentLicense,
    allowCommercialUse: readCommercialUse(data.allowCommercialUse),
    stats: readStats(data.stats),
    versions: readParts(
      data.modelVersions ?? [],
      'version',
      (part, tell) => readVersion(part, tell, id),
      told,
    ),
  };
}

/** A deleted user's models have no creator, or one without a name. */
function readCreator(value: Record<string, unknown> | undefined): Model['creator'] {
  const { username, image } = CreatorShape.parse(value ?? {});
  if (username === undefined) return undefined;
  // Some stored pictures point into a browser that is long closed.
  return { username, image: image !== undefined && /^https?:\/\//i.test(image) ? image : undefined };
}

/** Texts, or objects with a name as in early 2023; blanks cut, doubles left out. */
function readTags(tags: readonly unknown[] | undefined): string[] {
  const names = (tags ?? []).map((tag) => (isRecord(tag) ? tag['name'] : tag));
  const said = names.filter((name): name is string => typeof name === 'string').map((name) => name.trim());
  return [...new Set(said.filter((name) => name !== ''))];
}

/** `["Image","Rent"]`, `"Sell"`, or a PostgreSQL list `"{Image,RentCivit}"`; an empty list is a statement too. */
export function readCommercialUse(value: unknown): readonly string[] | undefined {
  if (Array.isArray(value)) return value.filter((entry): entry is string => typeof entry === 'string');
  if (typeof value !== 'string') return undefined;
  const inner = /^\s*\{(.*)\}\s*$/s.exec(value)?.[1] ?? value;
  return inner
    .split(',')
    .map((entry) => entry.trim().replace(/^"(.*)"$/s, '$1'))
    .filter((entry) => entry !== '');
}
