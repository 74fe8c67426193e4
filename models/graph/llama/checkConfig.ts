import { TributaryError, type Facts } from '../../../kernel/index.ts'
import { headDim } from './llamaSizes.ts'
import type { LlamaConfig } from './LlamaConfig.ts'

/** Throws graph/config when a config asks for something that these graphs do not compute. */
export function checkConfig(config: LlamaConfig): void {
  const { num_attention_heads: heads, num_key_value_heads: keyHeads } = config
  const size = headDim(config)
  if (heads % keyHeads !== 0) refuse('The query heads do not divide among the key heads.', { heads, keyHeads })
  if (!Number.isInteger(size) || size % 2 !== 0) refuse('A head needs an even number of features.', { headDim: size })
  const scaling = config.rope_scaling?.rope_type ?? config.rope_scaling?.type ?? 'default'
  if (scaling !== 'default') refuse('This kind of rotary scaling is not supported.', { scaling })
  if (config.attention_bias || config.mlp_bias) refuse('Projections with a bias are not supported.', {})
  const activation = config.hidden_act ?? 'silu'
  if (activation !== 'silu') refuse('Only SiLU is supported.', { activation })
}

/** Throws graph/config when the fused attention of serving cannot take the heads. */
export function checkServable(config: LlamaConfig): void {
  const size = headDim(config)
  if (size % 16 !== 0) refuse('Serving needs heads of a multiple of 16 features.', { headDim: size })
}

function refuse(message: string, facts: Facts): never {
  throw new TributaryError(message, {
    code: 'graph/config',
    facts,
    tryThis: 'choose a base model of plain Llama architecture',
  })
}
