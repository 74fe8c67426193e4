import { Graph, type Val } from './Graph.ts'
import { attention } from './llama/attention.ts'
import { Llama } from './llama/Llama.ts'
import type { LlamaConfig } from './llama/LlamaConfig.ts'
import { maxPositions } from './llama/maxPositions.ts'
import { frozenParameters } from './llama/parameters.ts'
import { positionsOf } from './llama/positionsOf.ts'
import { ropeTables } from './llama/ropeTables.ts'
import type { WeightIndex } from './llama/WeightIndex.ts'

/**
 * How large the inputs of some matrices are: for each of `matrices` an output `size.<name>`, f32 [columns], the sum of
 * x² over all positions. Inputs: `input_ids` and `attention_mask` i64 [b, s]. Without adapters, in float32.
 */
export function inputSizesGraph(config: LlamaConfig, weights: WeightIndex, matrices: ReadonlySet<string>): Graph {
  const graph = new Graph()
  const ids = graph.input('input_ids', 'i64', ['b', 's'])
  const mask = graph.input('attention_mask', 'i64', ['b', 's'])
  const note = (x: Val, name: string): undefined => {
    if (!matrices.has(name)) return
    const { shape } = x
    const options = { attributes: { keepdims: 0 }, shape: shape.slice(-1) }
    graph.output(`size.${name}`, graph.op('ReduceSumSquare', [x, graph.ints([0, 1])], options))
  }
  const llama = new Llama(graph, { config, weights, parameters: frozenParameters(graph, weights), product: note })
  const positions = positionsOf(graph, mask)
  const tables = ropeTables(graph, config, maxPositions(config))
  const attend = attention(graph, config, { tables, mask, keyPositions: positions, queryPositions: positions })
  let x = llama.embed(ids)
  for (let layer = 0; layer < config.num_hidden_layers; layer++) x = llama.block(x, layer, attend)
  llama.logits(x)
  return graph
}
