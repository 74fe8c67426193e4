import { headDim } from './llamaSizes.ts'
import type { LlamaConfig } from './LlamaConfig.ts'

/** The seven projections of a block that LoRA can adapt, in the order of the forward pass. */
export const allTargets = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const
export type Target = (typeof allTargets)[number]

/** The name of a projection inside the model: `model.layers.3.self_attn.q_proj`, without `.weight`. */
export function projectionName(layer: number, target: Target): string {
  const part = target === 'gate_proj' || target === 'up_proj' || target === 'down_proj' ? 'mlp' : 'self_attn'
  return `model.layers.${layer}.${part}.${target}`
}

/** How many features a projection takes and gives. LoRA's A is [in, r], its B [r, out]. */
export function projectionSize(config: LlamaConfig, target: Target): { in: number; out: number } {
  const hidden = config.hidden_size
  const inner = config.intermediate_size
  const queries = config.num_attention_heads * headDim(config)
  const keys = config.num_key_value_heads * headDim(config)
  const sizes: Record<Target, { in: number; out: number }> = {
    q_proj: { in: hidden, out: queries },
    k_proj: { in: hidden, out: keys },
    v_proj: { in: hidden, out: keys },
    o_proj: { in: queries, out: hidden },
    gate_proj: { in: hidden, out: inner },
    up_proj: { in: hidden, out: inner },
    down_proj: { in: inner, out: hidden },
  }
  return sizes[target]
}
