import { treeOf } from '../json-tree.ts';
import type { JsonTree } from '../json-tree.ts';
import { answerOf } from './write-content.ts';
import type { SidecarContent } from './write-content.ts';

/** `X.metadata.json` of ComfyUI-Lora-Manager. Times that change from run to run are left at 0. */
export function writeLoraManager(content: SidecarContent): JsonTree {
  const { file, model, version, own, preview } = content;
  const fields = treeOf({
    file_name: file.stem,
    model_name: own.title?.value ?? model.name,
    file_path: file.path.replaceAll('\\', '/'),
    size: file.size,
    // Seconds with a fraction, as Python's getmtime gives them.
    modified: Number(file.modifiedNs) / 1e9,
    sha256: file.hashes['SHA256'] ?? '',
    base_model: version.baseModel ?? 'Unknown',
    preview_url: preview?.path.replaceAll('\\', '/') ?? '',
    preview_nsfw_level: preview?.nsfwLevel ?? 0,
    notes: own.notes?.value ?? '',
    from_civitai: true,
    civitai: null,
    tags: model.tags,
    modelDescription: model.description ?? '',
    civitai_deleted: model.isRemoved,
    favorite: false,
    exclude: false,
    db_checked: false,
    skip_metadata_refresh: false,
    metadata_source: 'civitai_api',
    last_checked_at: 0,
    hash_status: 'completed',
    ...kindOf(content),
  });
  if (fields.kind !== 'object') return fields;
  return { kind: 'object', members: new Map([...fields.members, ['civitai', answerOf(content)]]) };
}

/** LoRAs have tips of use, JSON in a text; the others say which of their kind they are. */
function kindOf({ model, own }: SidecarContent): Readonly<Record<string, string>> {
  const type = model.type.toLowerCase();
  if (type === 'checkpoint') return { sub_type: 'checkpoint' };
  if (type === 'textualinversion') return { sub_type: 'embedding' };
  const weight = own.preferredWeight?.value;
  return {
    usage_tips: weight === undefined ? '{}' : JSON.stringify({ strength: weight }),
    ...(['lora', 'locon', 'dora'].includes(type) ? { sub_type: type } : {}),
  };
}
