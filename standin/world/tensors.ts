import type { Random } from './random.ts';
import type { TensorPlan } from './safetensors.ts';

type Maker = (chance: Random, sdxl: boolean) => TensorPlan[];

const LORA_BLOCKS = [
  'lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q',
  'lora_unet_middle_block_1_transformer_blocks_0_attn2_to_k',
  'lora_te1_text_model_encoder_layers_0_mlp_fc1',
];

function lora(chance: Random, more: (block: string, rank: number) => TensorPlan[] = () => []): TensorPlan[] {
  const rank = chance.pick([1, 2, 4]);
  return LORA_BLOCKS.flatMap((block): TensorPlan[] => [
    { name: `${block}.alpha`, dtype: 'F16', shape: [] },
    { name: `${block}.lora_down.weight`, dtype: 'F16', shape: [rank, 64] },
    { name: `${block}.lora_up.weight`, dtype: 'F16', shape: [64, rank] },
    ...more(block, rank),
  ]);
}

function named(
  dtype: TensorPlan['dtype'],
  shapes: Readonly<Record<string, readonly number[]>>,
): TensorPlan[] {
  return Object.entries(shapes).map(([name, shape]) => ({ name, dtype, shape }));
}

/** The tensors that tell the kinds apart, small. */
export const TENSORS: Readonly<Record<string, Maker>> = {
  lora: (chance) => lora(chance),
  locon: (chance) =>
    lora(chance, (block, rank) => [
      { name: `${block}.lora_mid.weight`, dtype: 'F16', shape: [rank, rank, 3, 3] },
    ]),
  dora: (chance) => lora(chance, (block) => [{ name: `${block}.dora_scale`, dtype: 'F16', shape: [64, 1] }]),
  embedding: (chance, sdxl) => {
    const count = chance.int(1, 2);
    if (sdxl) return named('F16', { clip_g: [count, 1280], clip_l: [count, 768] });
    return named('F32', { emb_params: [count, 768] });
  },
  checkpoint: (_chance, sdxl) =>
    named('F16', {
      'model.diffusion_model.input_blocks.0.0.weight': [32, 4, 3, 3],
      'model.diffusion_model.middle_block.1.proj_in.weight': [16, 16],
      'first_stage_model.decoder.conv_in.weight': [8, 4, 3, 3],
      [sdxl
        ? 'conditioner.embedders.1.model.transformer.resblocks.0.ln_1.weight'
        : 'cond_stage_model.transformer.text_model.final_layer_norm.weight']: [sdxl ? 1280 : 768],
    }),
  vae: () =>
    named('F32', { 'decoder.conv_in.weight': [16, 4, 3, 3], 'encoder.conv_in.weight': [16, 3, 3, 3] }),
  controlnet: () =>
    named('F16', {
      'control_model.input_hint_block.0.weight': [16, 3, 3, 3],
      'control_model.zero_convs.0.0.bias': [64],
    }),
  motion: () => named('F16', { 'down_blocks.0.motion_modules.0.temporal_transformer.norm.weight': [320] }),
  'text-encoder': () => named('F16', { 'text_model.embeddings.position_embedding.weight': [4, 768] }),
  unet: () =>
    named('F16', { 'double_blocks.0.img_attn.qkv.weight': [48, 16], 'final_layer.linear.weight': [16, 16] }),
};
