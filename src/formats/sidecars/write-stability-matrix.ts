import { treeOf } from '../json-tree.ts';
import type { JsonTree } from '../json-tree.ts';
import type { SidecarContent } from './write-content.ts';

/** The types Stability Matrix has a name for. */
const TYPES = [
  'Checkpoint',
  'TextualInversion',
  'Hypernetwork',
  'DoRA',
  'LORA',
  'Controlnet',
  'LoCon',
  'VAE',
  'AestheticGradient',
  'MotionModule',
  'Poses',
  'Upscaler',
  'Wildcards',
  'Workflows',
  'Other',
];

/** `X.cm-info.json` of Stability Matrix. Counters are left out: they would rewrite it every day. */
export function writeStabilityMatrix({ file, model, version, remote, own }: SidecarContent): JsonTree {
  return treeOf({
    ModelId: model.id,
    ModelName: model.name,
    ModelDescription: model.description ?? '',
    Nsfw: model.nsfw,
    Tags: model.tags,
    ModelType: TYPES.find((type) => type.toLowerCase() === model.type.toLowerCase()) ?? 'Unknown',
    VersionId: version.id,
    VersionName: version.name,
    VersionDescription: version.description,
    AuthorUsername: model.creator,
    BaseModel: version.baseModel,
    RemoteFileName: remote?.name,
    RemoteFileId: remote !== undefined && remote.id > 0 ? remote.id : undefined,
    FileMetadata:
      remote === undefined ? undefined : { fp: remote.precision, size: remote.extent, format: remote.format },
    ImportedAt: new Date(file.addedAt).toISOString().replace('Z', '+00:00'),
    Hashes: hashesOf(file.hashes),
    TrainedWords: version.trainedWords,
    UserTitle: own.title?.value,
  });
}

/** In capitals, as the site writes them and Stability Matrix compares them. */
function hashesOf(hashes: Readonly<Record<string, string>>): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(['SHA256', 'CRC32', 'BLAKE3'].map((type) => [type, hashes[type]?.toUpperCase()]));
}
