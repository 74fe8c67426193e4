import { TributaryError } from '../../kernel/index.ts'
import { headDim, llamaTensors, type LlamaConfig } from '../graph/index.ts'

/** Tensors that old checkpoints carry and nothing needs: the frequencies, which follow from the config. */
export const isForgotten = (name: string): boolean => name.endsWith('.rotary_emb.inv_freq')

/**
 * Throws models/tensor-missing or models/tensor-shape when the tensors are not those of the config, and
 * models/tensor-unknown for one that the graphs would leave out: a bias, say, that the config does not speak of.
 */
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
  // A config that says nothing of the head is one of ours: an embedding serves as head where there is no other.
  const { tie_word_embeddings: isTied = true } = config as { tie_word_embeddings?: boolean }
  const wanted = llamaTensors(config, { tied: isTied && !tensors.has('lm_head.weight') })
  const stranger = [...tensors.keys()].find((name) => !wanted.has(name) && !isForgotten(name))
  if (stranger !== undefined) {
    throw new TributaryError(`The model has a tensor that its config does not speak of: ${stranger}.`, {
      code: 'models/tensor-unknown',
      facts: { file, tensor: stranger },
      tryThis: 'check that config.json belongs to these weights; adapters are added by themselves, not as a model',
    })
  }
  for (const [name, shape] of wanted) {
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
