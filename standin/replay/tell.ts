import { isRecord } from '../../src/base/json.ts';
import type { Recorded } from './index-folder.ts';
import { parseLossless } from './lossless.ts';
import { relinkModel, relinkVersion } from './media-links.ts';
import { readSpan } from './span.ts';
import type { Span } from './span.ts';

/** A recorded object, picture links turned to our own origin, numbers as they stood. */
type Told = Record<string, unknown>;

/** Cuts recorded answers out of their files when they are asked for. */
export interface Teller {
  model(id: number, origin: string): Promise<Told | undefined>;
  version(id: number, origin: string): Promise<Told | undefined>;
}

export function makeTeller(recorded: Recorded): Teller {
  return {
    async model(id, origin) {
      const model = await wholeModel(recorded, id);
      if (model !== undefined) relinkModel(model, origin);
      return model;
    },
    async version(id, origin) {
      const version = (await ownVersion(recorded, id)) ?? (await derivedVersion(recorded, id));
      if (version !== undefined) relinkVersion(version, origin);
      return version;
    },
  };
}

async function readObject(span: Span): Promise<Told> {
  const value = parseLossless((await readSpan(span)).toString('utf8'));
  if (!isRecord(value)) throw new Error(`${span.file} holds something else now.`);
  return value;
}

/** The fullest recording; versions that only other recordings of the model have are added to its list. */
async function wholeModel(recorded: Recorded, id: number): Promise<Told | undefined> {
  const [first, ...others] = recorded.models.get(id)?.spans ?? [];
  if (first === undefined) return undefined;
  const model = await readObject(first.span);
  const versions = versionsOf(model);
  const ids = new Set(versions.map((version) => version['id']));
  for (const other of others) {
    for (const version of versionsOf(await readObject(other.span))) {
      if (ids.has(version['id'])) continue;
      ids.add(version['id']);
      versions.push(version);
    }
  }
  if (others.length > 0) model['modelVersions'] = versions;
  return model;
}

/** A version recorded by itself, with the parts of its model when it has none of its own. */
async function ownVersion(recorded: Recorded, id: number): Promise<Told | undefined> {
  const known = recorded.versions.get(id);
  const span = known?.spans[0];
  if (known === undefined || span === undefined) return undefined;
  const version = await readObject(span);
  if (version['modelId'] === undefined && known.modelId !== undefined) version['modelId'] = known.modelId;
  if (version['model'] === undefined && known.modelId !== undefined) {
    const model = await wholeModel(recorded, known.modelId);
    if (model !== undefined) version['model'] = modelPart(model);
  }
  return version;
}

async function derivedVersion(recorded: Recorded, id: number): Promise<Told | undefined> {
  const modelId = recorded.versions.get(id)?.modelId;
  if (modelId === undefined) return undefined;
  const model = await wholeModel(recorded, modelId);
  const version = versionsOf(model).find((one) => one['id'] === id);
  return model === undefined || version === undefined ? undefined : versionShape(model, version);
}

/** At most so many pictures come with a version's own answer. */
const MAX_VERSION_IMAGES = 10;

/** A version of a model's answer as its own endpoint tells it. */
function versionShape(model: Told, version: Told): Told {
  const { id, index: _index, files, images, ...rest } = version;
  return {
    id,
    modelId: model['id'],
    ...rest,
    model: modelPart(model),
    files: recordsOf(files).map((file) => ({ ...file, primary: file['primary'] === true })),
    images: recordsOf(images)
      .slice(0, MAX_VERSION_IMAGES)
      .map(({ id: _id, ...image }) => image),
  };
}

function modelPart(model: Told): Told {
  const { name, type, nsfw = false, poi = false, mode } = model;
  return mode === undefined ? { name, type, nsfw, poi } : { name, type, nsfw, poi, mode };
}

function versionsOf(model: Told | undefined): Told[] {
  return recordsOf(model?.['modelVersions']);
}

function recordsOf(value: unknown): Told[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
