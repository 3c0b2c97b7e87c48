/** The formats we write, as `--sidecars` names them. */
export const WRITTEN_SIDECARS = [
  'a1111',
  'lora-manager',
  'stability-matrix',
  'swarm',
  'civitai-info',
] as const;
export type WrittenSidecar = (typeof WRITTEN_SIDECARS)[number];
