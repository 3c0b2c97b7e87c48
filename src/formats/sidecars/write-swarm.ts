import { treeOf } from '../json-tree.ts';
import type { JsonTree } from '../json-tree.ts';
import { activationOf } from './write-content.ts';
import type { SidecarContent } from './write-content.ts';

/**
 * `X.swarm.json` of SwarmUI: the keys of a header's modelspec, all values texts. `hash_sha256` is left out: it is of the
 * tensors alone.
 */
export function writeSwarm(content: SidecarContent): JsonTree {
  const { file, model, version, own, about } = content;
  const weight = own.preferredWeight?.value;
  return treeOf({
    'modelspec.title': own.title?.value ?? `${model.name} - ${version.name}`,
    'modelspec.author': model.creator,
    'modelspec.description': own.description?.value ?? about,
    'modelspec.date':
      version.publishedAt === undefined
        ? undefined
        : new Date(version.publishedAt).toISOString().slice(0, 10),
    'modelspec.trigger_phrase': activationOf(content) || undefined,
    'modelspec.tags': model.tags.length === 0 ? undefined : model.tags.join(', '),
    'modelspec.usage_hint': own.notes?.value,
    'modelspec.lora_default_weight': weight === undefined ? undefined : String(weight),
    'civitai.model_id': String(model.id),
    'civitai.version_id': String(version.id),
    'civitai.sha256': file.hashes['SHA256'],
  });
}
