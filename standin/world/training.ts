import type { Random } from './random.ts';
import { QUALITIES, SUBJECTS, TAGS } from './words.ts';

/** What the header of a trained network says of its training: kohya's `ss_*` keys, every value a text. */
export interface TrainingFacts {
  readonly name: string;
  readonly baseModel: string;
  readonly words: readonly string[];
  /** Epoch ms. */
  readonly at: number;
  /** Many tags, as the own trainings of a person have them. */
  readonly rich: boolean;
}

export function trainingMetadata(chance: Random, facts: TrainingFacts): Record<string, string> {
  const folder = `${chance.int(5, 20)}_${facts.words[0] ?? 'subject'}`;
  const images = chance.int(18, 240);
  return {
    ss_output_name: facts.name,
    ss_sd_model_name:
      facts.baseModel === 'SD 1.5' ? 'v1-5-pruned-emaonly.safetensors' : 'sd_xl_base_1.0.safetensors',
    ss_base_model_version: facts.baseModel === 'SD 1.5' ? 'sd_v1' : 'sdxl_base_v1-0',
    ss_network_module: 'networks.lora',
    ss_network_dim: String(chance.pick([4, 8, 16, 32])),
    ss_network_alpha: String(chance.pick([1, 4, 8, 16])),
    ss_learning_rate: '0.0001',
    ss_optimizer: chance.pick(['AdamW8bit', 'Prodigy', 'Lion']),
    ss_num_train_images: String(images),
    ss_num_epochs: String(chance.int(4, 20)),
    ss_steps: String(chance.int(400, 6_000)),
    ss_resolution: facts.baseModel === 'SD 1.5' ? '(512, 512)' : '(1024, 1024)',
    ss_clip_skip: chance.pick(['None', '2']),
    ss_mixed_precision: 'bf16',
    ss_training_started_at: String((facts.at - 7_200_000) / 1000),
    ss_training_finished_at: String(facts.at / 1000),
    ss_dataset_dirs: JSON.stringify({
      [folder]: { n_repeats: Number.parseInt(folder, 10), img_count: images },
    }),
    ss_bucket_info: JSON.stringify({
      buckets: { 0: { resolution: [832, 1216], count: images } },
      mean_img_ar_error: 0.02,
    }),
    ss_tag_frequency: JSON.stringify({ [folder]: frequencies(chance, facts, images) }),
  };
}

function frequencies(chance: Random, facts: TrainingFacts, images: number): Record<string, number> {
  const tags: Record<string, number> = {};
  for (const word of facts.words) tags[word] = images;
  const pool = [...QUALITIES, ...TAGS, ...SUBJECTS];
  for (const tag of chance.some(pool, facts.rich ? 44 : 8)) tags[tag] = chance.int(1, images);
  return tags;
}

/** What a checkpoint or newer network says of itself: Stability's `modelspec.*` keys. */
export function modelspec(facts: TrainingFacts, architecture: string): Record<string, string> {
  return {
    'modelspec.sai_model_spec': '1.0.0',
    'modelspec.title': facts.name,
    'modelspec.architecture': architecture,
    'modelspec.implementation': 'https://github.com/Stability-AI/generative-models',
    'modelspec.date': new Date(facts.at).toISOString().slice(0, 19),
    'modelspec.resolution': facts.baseModel === 'SD 1.5' ? '512x512' : '1024x1024',
    'modelspec.author': 'someone',
    'modelspec.trigger_phrase': facts.words.join(', '),
    'modelspec.prediction_type': 'epsilon',
  };
}
