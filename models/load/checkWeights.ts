import { TributaryError } from '../../kernel/index.ts'
import { allTargets, headDim, projectionName, projectionSize, type LlamaConfig } from '../graph/index.ts'

/**
 * Every tensor that a Llama of this config needs, with its shape [out, in] or [features].
 * A tied model has no head of its own.
 */
export function llamaTensors(config: LlamaConfig, { tied }: { tied: boolean }): Map<string, number[]> {
  const { hidden_size: hidden, vocab_size: vocabulary } = config
  const shapes = new Map<string, number[]>([['model.embed_tokens.weight', [vocabulary, hidden]]])
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    shapes.set(`model.layers.${layer}.input_layernorm.weight`, [hidden])
    shapes.set(`model.layers.${layer}.post_attention_layernorm.weight`, [hidden])
    for (const target of allTargets) {
      const size = projectionSize(config, target)
      shapes.set(`${projectionName(layer, target)}.weight`, [size.out, size.in])
    }
  }
  shapes.set('model.norm.weight', [hidden])
  if (!tied) shapes.set('lm_head.weight', [vocabulary, hidden])
  return shapes
}

/** Throws models/tensor-missing or models/tensor-shape when the tensors are not those of the config. */
export function checkWeights(
  config: LlamaConfig,
  tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  file: string,
): void {
  if (
    !(config.num_hidden_layers >= 1 && config.num_hidden_layers <= tensors.size) ||
    !Number.isInteger(headDim(config))
  ) {
    throw new TributaryError('The config does not fit the weights.', {
      code: 'models/tensor-missing',
      facts: { file, layers: config.num_hidden_layers, tensors: tensors.size },
      tryThis: 'check that config.json belongs to these weights',
    })
  }
  for (const [name, shape] of llamaTensors(config, { tied: !tensors.has('lm_head.weight') })) {
    const found = tensors.get(name)
    if (!found) {
      throw new TributaryError(`The weights hold no tensor ${name}.`, {
        code: 'models/tensor-missing',
        facts: { file, tensor: name },
        tryThis: 'check that config.json belongs to these weights, and that the model is a Llama',
      })
    }
    if (found.shape.length !== shape.length || shape.some((size, i) => found.shape[i] !== size)) {
      throw new TributaryError(`Tensor ${name} has another shape than the config says.`, {
        code: 'models/tensor-shape',
        facts: { file, tensor: name, found: found.shape, wanted: shape },
        tryThis: 'check that config.json belongs to these weights',
      })
    }
  }
}
