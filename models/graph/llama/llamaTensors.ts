import { biasedTargets, hasHeadNorms } from './family.ts'
import type { LlamaConfig } from './LlamaConfig.ts'
import { headDim } from './llamaSizes.ts'
import { allTargets, projectionName, projectionSize } from './target.ts'

/**
 * Every tensor that a model of this config needs, with its shape [out, in] or [features], in the order of the forward
 * pass. A tied model has no head of its own.
 */
export function llamaTensors(config: LlamaConfig, { tied }: { tied: boolean }): Map<string, number[]> {
  const { hidden_size: hidden, vocab_size: vocabulary } = config
  const biased = new Set(biasedTargets(config))
  const shapes = new Map<string, number[]>([['model.embed_tokens.weight', [vocabulary, hidden]]])
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    shapes.set(`model.layers.${layer}.input_layernorm.weight`, [hidden])
    shapes.set(`model.layers.${layer}.post_attention_layernorm.weight`, [hidden])
    for (const target of allTargets) {
      const size = projectionSize(config, target)
      shapes.set(`${projectionName(layer, target)}.weight`, [size.out, size.in])
      if (biased.has(target)) shapes.set(`${projectionName(layer, target)}.bias`, [size.out])
    }
    for (const part of hasHeadNorms(config) ? ['q_norm', 'k_norm'] : []) {
      shapes.set(`model.layers.${layer}.self_attn.${part}.weight`, [headDim(config)])
    }
  }
  shapes.set('model.norm.weight', [hidden])
  if (!tied) shapes.set('lm_head.weight', [vocabulary, hidden])
  return shapes
}
