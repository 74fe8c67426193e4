import { Graph } from './Graph.ts'
import { attention } from './llama/attention.ts'
import { Llama } from './llama/Llama.ts'
import type { LlamaConfig } from './llama/LlamaConfig.ts'
import { maxPositions } from './llama/maxPositions.ts'
import { frozenParameters } from './llama/parameters.ts'
import { positionsOf } from './llama/positionsOf.ts'
import { ropeTables } from './llama/ropeTables.ts'
import type { WeightIndex } from './llama/WeightIndex.ts'

/**
 * The hidden state that enters block `to`: what the frozen part of the model computes once per sample.
 *
 * Inputs: `input_ids` and `attention_mask` i64 [b, s], padded on the right. Output: `hidden` f32 [b, s, hidden].
 * It is the input of gradGraph with `hidden: true` and `from: to`. Size: 4 · s · hidden bytes a sample.
 */
export function prefixGraph(config: LlamaConfig, weights: WeightIndex, to: number): Graph {
  const graph = new Graph()
  const ids = graph.input('input_ids', 'i64', ['b', 's'])
  const mask = graph.input('attention_mask', 'i64', ['b', 's'])
  const llama = new Llama(graph, { config, weights, parameters: frozenParameters(graph, weights) })
  const positions = positionsOf(graph, mask)
  const tables = ropeTables(graph, config, maxPositions(config))
  const attend = attention(graph, config, { tables, mask, keyPositions: positions, queryPositions: positions })
  let x = llama.embed(ids)
  for (let layer = 0; layer < to; layer++) {
    x = llama.block(x, layer, attend)
  }
  graph.output('hidden', x)
  return graph
}
