import type { LlamaConfig } from './LlamaConfig.ts'
import { allTargets, type Target } from './target.ts'

/** The kinds of config.json whose arithmetic is that of a Llama, up to biases and norms of heads. */
export const modelTypes = ['llama', 'mistral', 'qwen2', 'qwen3'] as const
export type ModelType = (typeof modelTypes)[number]

const attentionTargets: readonly Target[] = ['q_proj', 'k_proj', 'v_proj', 'o_proj']

/** The projections that add a bias. Source: transformers, models/{llama,mistral,qwen2,qwen3}/modeling_*.py. */
export function biasedTargets({ model_type: type = 'llama', ...config }: LlamaConfig): readonly Target[] {
  if (type === 'qwen2') return ['q_proj', 'k_proj', 'v_proj']
  if (type === 'mistral') return []
  return allTargets.filter((target) => {
    return attentionTargets.includes(target) ? config.attention_bias : type === 'llama' && config.mlp_bias
  })
}

/** Whether queries and keys are normed head by head before they are rotated (RMS over the features of a head). */
export function hasHeadNorms({ model_type: type }: LlamaConfig): boolean {
  return type === 'qwen3'
}
