import { z } from 'zod';
import type { ModelId, VersionId } from '../../base/ids.ts';
import { readFile } from './file.ts';
import { readImage } from './image.ts';
import {
  date,
  flag,
  given,
  idOf,
  integer,
  list,
  natural,
  readParts,
  record,
  text,
  word,
  type Warn,
} from './lenient.ts';
import { readStats } from './stats.ts';
import type { Version } from './types.ts';

const VersionShape = z.object({
  id: given,
  modelId: given,
  name: text,
  index: integer,
  baseModel: word,
  baseModelType: word,
  description: text,
  trainedWords: list,
  nsfwLevel: natural,
  air: word,
  status: word,
  availability: word,
  usageControl: word,
  publishedAt: date,
  createdAt: date,
  updatedAt: date,
  earlyAccessDeadline: date,
  earlyAccessEndsAt: date,
  paidAccess: record,
  stats: given,
  files: list,
  images: list,
  model: record,
});

const ModelPartShape = z.object({ name: word, type: word, nsfw: flag, poi: flag, mode: word });

/** Reads a version, alone or out of its model; `undefined` when it has no id. `modelId` is the model it came in. */
export function readVersion(value: unknown, warn: Warn, modelId?: ModelId): Version | undefined {
  const parsed = VersionShape.safeParse(value);
  const id = parsed.success ? idOf<VersionId>(parsed.data.id) : undefined;
  if (!parsed.success || id === undefined) return undefined;
  const { data } = parsed;
  const told: Warn = (message) => warn(`version ${id}: ${message}`);
  return {
    id,
    modelId: idOf<ModelId>(data.modelId) ?? modelId,
    name: data.name ?? '',
    index: data.index,
    baseModel: data.baseModel,
    baseModelType: data.baseModelType,
    description: data.description,
    trainedWords: (data.trainedWords ?? []).filter((entry): entry is string => typeof entry === 'string'),
    nsfwLevel: data.nsfwLevel,
    air: data.air,
    status: data.status,
    availability: data.availability,
    usageControl: data.usageControl,
    publishedAt: data.publishedAt,
    createdAt: data.createdAt,
    updatedAt: data.updatedAt,
    earlyAccessUntil:
      data.earlyAccessDeadline ?? data.earlyAccessEndsAt ?? date.parse(data.paidAccess?.['endsAt']),
    stats: readStats(data.stats),
    files: data.files === undefined ? undefined : readParts(data.files, 'file', readFile, told),
    images: data.images === undefined ? undefined : readParts(data.images, 'image', readImage, told),
    model: readModelPart(data.model),
  };
}

function readModelPart(value: Record<string, unknown> | undefined): Version['model'] {
  if (value === undefined) return undefined;
  const { name, type, nsfw, poi, mode } = ModelPartShape.parse(value);
  if (name === undefined && type === undefined) return undefined;
  return { name: name ?? '', type: type ?? 'Other', nsfw: nsfw ?? false, poi: poi ?? false, mode };
}
