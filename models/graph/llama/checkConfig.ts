import { TributaryError, type Facts } from '../../../kernel/index.ts'
import { modelTypes } from './family.ts'
import { headDim } from './llamaSizes.ts'
import type { LlamaConfig } from './LlamaConfig.ts'
import { ropeKind, ropeNumbers, ropeScaling } from './ropeFrequencies.ts'

/** Throws graph/config when a config asks for something that these graphs do not compute. */
export function checkConfig(config: LlamaConfig): void {
  const { num_attention_heads: heads, num_key_value_heads: keyHeads } = config
  const size = headDim(config)
  if (heads % keyHeads !== 0) refuse('The query heads do not divide among the key heads.', { heads, keyHeads })
  if (!Number.isInteger(size) || size % 2 !== 0) refuse('A head needs an even number of features.', { headDim: size })
  const type = config.model_type ?? 'llama'
  if (!modelTypes.some((known) => known === type)) refuse('This kind of model is not supported.', { type })
  const scaling = ropeKind(config)
  const needed = ropeNumbers[scaling]
  if (!needed) refuse('This kind of rotary scaling is not supported.', { scaling })
  const missing = needed.filter((name) => ropeScaling(config)[name] === undefined)
  if (missing.length > 0) refuse('The rotary scaling lacks numbers that it needs.', { scaling, missing })
  const activation = config.hidden_act ?? 'silu'
  if (activation !== 'silu') refuse('Only SiLU is supported.', { activation })
}

function refuse(message: string, facts: Facts): never {
  throw new TributaryError(message, {
    code: 'graph/config',
    facts,
    tryThis: 'choose a Llama, Mistral, Qwen2 or Qwen3; tributary model check <path> names what is not supported',
  })
}
