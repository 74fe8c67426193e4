import type { Graph, Val } from './Graph.ts'
import { attention } from './llama/attention.ts'
import { Llama, type Attend } from './llama/Llama.ts'
import type { LlamaConfig } from './llama/LlamaConfig.ts'
import { loraLeaves, type LoraLeaf, type Projection } from './llama/loraLeaves.ts'
import { maxPositions } from './llama/maxPositions.ts'
import { frozenParameters } from './llama/parameters.ts'
import { positionsOf } from './llama/positionsOf.ts'
import { ropeTables } from './llama/ropeTables.ts'
import type { WeightIndex } from './llama/WeightIndex.ts'
import { matmul } from './ops/matmul.ts'
import { equalTo } from './ops/oneHot.ts'
import { unsqueeze } from './ops/unsqueeze.ts'

export type LabelStatesOptions = {
  projections: readonly Projection[]
  /** The first block that is run, on `hidden`; absent: all of them, on tokens. */
  from?: number
}

/**
 * The states from which the labels of each row are predicted, after the last norm: [b, m, hidden].
 *
 * Puts the inputs `input_ids` i64 [b, s], or `hidden` f32 [b, s, hidden], `attention_mask` i64 [b, s], `target_pos` i64
 * [b, m] and the factors of loraLeaves into the graph. Only rows with a label reach the loss, so the last block asks,
 * attends and runs its MLP for these alone.
 */
export function labelStates(
  graph: Graph,
  config: LlamaConfig,
  weights: WeightIndex,
  { projections, from }: LabelStatesOptions,
): { states: Val; head: Val; leaves: readonly LoraLeaf[] } {
  const source =
    from === undefined
      ? graph.input('input_ids', 'i64', ['b', 's'])
      : graph.input('hidden', 'f32', ['b', 's', config.hidden_size])
  const mask = graph.input('attention_mask', 'i64', ['b', 's'])
  const labelPositions = graph.input('target_pos', 'i64', ['b', 'm'])
  const lora = loraLeaves(graph, config, projections)
  const llama = new Llama(graph, { config, weights, lora, parameters: frozenParameters(graph, weights) })

  const positions = positionsOf(graph, mask)
  const tables = ropeTables(graph, config, maxPositions(config))
  const attend = (queryPositions: Val): Attend =>
    attention(graph, config, { tables, mask, keyPositions: positions, queryPositions })
  const everywhere = attend(positions)
  let x = from === undefined ? llama.embed(source) : source
  const last = config.num_hidden_layers - 1
  for (let layer = from ?? 0; layer < last; layer++) x = llama.block(x, layer, everywhere)
  x = llama.block(x, last, attend(labelPositions), pickRows(graph, positions, labelPositions))
  return { states: llama.finalNorm(x), head: llama.head, leaves: lora.leaves }
}

/** Rows by position, as a product with a one-hot matrix: exact, and differentiable without a scatter. */
function pickRows(graph: Graph, positions: Val, wanted: Val): (x: Val) => Val {
  const hot = equalTo(graph, unsqueeze(graph, wanted, [2]), unsqueeze(graph, positions, [1]), ['b', 'm', 's'])
  return (x) => matmul(graph, hot, x)
}
