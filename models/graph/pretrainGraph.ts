import { Graph } from './Graph.ts'
import { gradients } from './gradients.ts'
import { attention } from './llama/attention.ts'
import { Llama } from './llama/Llama.ts'
import type { LlamaConfig } from './llama/LlamaConfig.ts'
import { maxPositions } from './llama/maxPositions.ts'
import { trainableParameters } from './llama/parameters.ts'
import { positionsOf } from './llama/positionsOf.ts'
import { ropeTables } from './llama/ropeTables.ts'
import type { WeightIndex } from './llama/WeightIndex.ts'
import { vocabularyLoss } from './ops/vocabularyLoss.ts'
import { weightedLoss } from './ops/weightedLoss.ts'

/**
 * Loss of each row, and the gradient of their sum for every parameter of a small model.
 *
 *   loss[b] = Σ_s weight[b, s] · nll(label[b, s]),   grad.<name> = d Σ_b loss[b] / d <name>
 *
 * Inputs: `input_ids`, `attention_mask`, `target_ids` i64 [b, s]; `target_weight` f32 [b, s]; and each tensor of the
 * weights that the model uses, under its own name (only shapes are read from `weights`).
 * Outputs: `loss` f32 [b] in nats; `grad.<name>` of the tensor's shape.
 * Cost: a dense one-hot [b, s, vocabulary] for the embedding, so meant for vocabularies of up to a few thousand.
 */
export function pretrainGraph(config: LlamaConfig, weights: WeightIndex): Graph {
  const graph = new Graph()
  const ids = graph.input('input_ids', 'i64', ['b', 's'])
  const mask = graph.input('attention_mask', 'i64', ['b', 's'])
  const labels = graph.input('target_ids', 'i64', ['b', 's'])
  const weight = graph.input('target_weight', 'f32', ['b', 's'])
  const parameters = trainableParameters(graph, weights)
  const llama = new Llama(graph, { config, weights, parameters: parameters.of })
  const positions = positionsOf(graph, mask)
  const tables = ropeTables(graph, config, maxPositions(config))
  const attend = attention(graph, config, { tables, mask, keyPositions: positions, queryPositions: positions })
  let x = llama.embed(ids)
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    x = llama.block(x, layer, attend)
  }
  const loss = weightedLoss(graph, vocabularyLoss(graph, llama.finalNorm(x), llama.head, labels), weight)
  graph.output('loss', loss)
  const leaves = [...parameters.all.values()]
  for (const [i, gradient] of gradients(graph, loss, leaves).entries()) {
    graph.output(`grad.${leaves[i]?.name}`, gradient)
  }
  return graph
}
