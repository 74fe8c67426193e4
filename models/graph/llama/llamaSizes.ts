import type { LlamaConfig } from './LlamaConfig.ts'

/** Features of one attention head. */
export function headDim(config: LlamaConfig): number {
  return config.head_dim ?? config.hidden_size / config.num_attention_heads
}

export function ropeTheta(config: LlamaConfig): number {
  return config.rope_parameters?.rope_theta ?? config.rope_theta ?? 10_000
}
