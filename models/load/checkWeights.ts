import { TributaryError } from '../../kernel/index.ts'
import { headDim, llamaTensors, type LlamaConfig } from '../graph/index.ts'

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
