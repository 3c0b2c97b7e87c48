import { isRecord, parseJson, scrubText } from '../base/json.ts';
import type { TrainingView } from './views.ts';

const MOST_TAGS = 200;
/** Tags added up at most: a header of 16 MB may list a million. */
const MOST_COUNTED = 100_000;
const LONGEST_VALUE = 500;

/** What trainers and model tools write into headers, by the label people know, in reading order; first hit wins. */
const FACTS: readonly (readonly [label: string, ...keys: string[]])[] = [
  ['Title', 'modelspec.title', 'general.name'],
  ['Output name', 'ss_output_name'],
  ['Author', 'modelspec.author', 'general.author'],
  ['Architecture', 'modelspec.architecture', 'general.architecture'],
  ['Base model', 'ss_base_model_version'],
  ['Trained on', 'ss_sd_model_name'],
  ['Trigger phrase', 'modelspec.trigger_phrase'],
  ['Usage hint', 'modelspec.usage_hint'],
  ['Description', 'modelspec.description', 'general.description'],
  ['Network', 'ss_network_module'],
  ['Rank', 'ss_network_dim'],
  ['Alpha', 'ss_network_alpha'],
  ['Resolution', 'ss_resolution', 'modelspec.resolution'],
  ['Clip skip', 'ss_clip_skip', 'modelspec.encoder_layer'],
  ['Prediction', 'modelspec.prediction_type'],
  ['Images', 'ss_num_train_images'],
  ['Regularisation images', 'ss_num_reg_images'],
  ['Epoch', 'ss_epoch', 'ss_num_epochs'],
  ['Steps', 'ss_steps', 'ss_max_train_steps'],
  ['Batch size', 'ss_total_batch_size', 'ss_batch_size_per_device'],
  ['Optimizer', 'ss_optimizer'],
  ['Learning rate', 'ss_learning_rate'],
  ['U-Net rate', 'ss_unet_lr'],
  ['Text encoder rate', 'ss_text_encoder_lr'],
  ['Schedule', 'ss_lr_scheduler'],
  ['Precision', 'ss_mixed_precision'],
  ['Noise offset', 'ss_noise_offset'],
  ['Seed', 'ss_seed'],
  ['Merged from', 'modelspec.merged_from'],
  ['Quantization', 'general.file_type'],
  ['Tags', 'modelspec.tags'],
  ['Licence', 'modelspec.license', 'general.license'],
  ['Started', 'ss_training_started_at'],
  ['Finished', 'ss_training_finished_at'],
  ['Date', 'modelspec.date'],
  ['Comment', 'ss_training_comment'],
];

/** What trainers write where they have nothing to say. */
const SILENCE = new Set(['', 'none', 'null', 'undefined', '{}', '[]', 'nan']);

/**
 * What a header's metadata says of training: tags by falling count over all datasets, and labelled facts. `undefined`
 * when it says nothing of the kind, or is no JSON.
 */
export function trainingOf(metadata: string | null): TrainingView | undefined {
  const header = objectOf(metadata);
  if (header === undefined) return undefined;
  const tags = tagsOf(header);
  const facts = FACTS.flatMap(([label, ...keys]) => factOf(header, label, keys));
  return tags.length === 0 && facts.length === 0 ? undefined : { tags, facts };
}

function factOf(
  header: Readonly<Record<string, unknown>>,
  label: string,
  keys: readonly string[],
): [string, string][] {
  for (const key of keys) {
    const value = Object.hasOwn(header, key) ? written(header[key]) : '';
    if (SILENCE.has(value.toLowerCase())) continue;
    return [[label, key.endsWith('_at') ? dayOf(value) : value]];
  }
  return [];
}

function written(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
  return scrubText(text.slice(0, LONGEST_VALUE)).trim();
}

/** Trainers write seconds since 1970, with a fraction. */
function dayOf(value: string): string {
  const seconds = Number(value);
  return seconds > 0 && seconds < 4e10 ? new Date(seconds * 1000).toISOString().slice(0, 10) : value;
}

function tagsOf(header: Readonly<Record<string, unknown>>): TrainingView['tags'] {
  const counts = new Map<string, number>();
  for (const dataset of datasetsOf(header)) {
    for (const [tag, count] of Object.entries(dataset)) {
      const name = scrubText(tag.slice(0, LONGEST_VALUE)).trim();
      const number = Number(count);
      if (name === '' || !Number.isFinite(number) || number <= 0) continue;
      if (counts.size >= MOST_COUNTED && !counts.has(name)) continue;
      counts.set(name, (counts.get(name) ?? 0) + Math.round(number));
    }
  }
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return sorted.slice(0, MOST_TAGS).map(([tag, count]) => ({ tag, count }));
}

/** The tag counts of each dataset; older trainers list them per folder, newer ones also inside `ss_datasets`. */
function datasetsOf(header: Readonly<Record<string, unknown>>): Record<string, unknown>[] {
  const folders = objectOf(header['ss_tag_frequency']);
  if (folders !== undefined) return Object.values(folders).filter(isRecord);
  const datasets = valueOf(header['ss_datasets']);
  if (!Array.isArray(datasets)) return [];
  return datasets
    .filter(isRecord)
    .flatMap((dataset) => Object.values(objectOf(dataset['tag_frequency']) ?? {}).filter(isRecord));
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  const parsed = valueOf(value);
  return isRecord(parsed) ? parsed : undefined;
}

/** JSON may stand in a text; large numbers stay texts. */
function valueOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return parseJson(value);
  } catch {
    return undefined;
  }
}
