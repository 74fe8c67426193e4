import { TributaryError } from '../../kernel/index.ts'
import { Graph, type Val } from './Graph.ts'
import { gradients } from './gradients.ts'
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
import { vocabularyLoss } from './ops/vocabularyLoss.ts'
import { weightedLoss } from './ops/weightedLoss.ts'

export type GradOptions = {
  /** What is adapted; each projection once. */
  projections: readonly Projection[]
  /** Start from the cached state that enters the first adapted block (prefixGraph) instead of tokens. */
  hidden?: boolean
  /** Without gradients: the loss alone, at less than half the cost. */
  gradients?: boolean
}

/**
 * Loss and LoRA gradient of each row by itself; one batch may mix any adapters of the same projections.
 *
 *   loss[b] = Σ_m weight[b, m] · nll(label[b, m] at position[b, m]),   grad = d loss[b] / d (A, B of row b)
 *
 * Inputs: `input_ids` i64 [b, s], or `hidden` f32 [b, s, hidden]; `attention_mask` i64 [b, s], padded on the right;
 * `target_pos` and `target_ids` i64 [b, m], `target_weight` f32 [b, m]: the logits at target_pos predict target_ids;
 * weight 0 pads. `lora_A.<layer>.<target>` [b, in, r], `lora_B.<layer>.<target>` [b, r, out]: see loraLeaves.
 * Outputs: `loss` f32 [b] in nats; `grad_A.<layer>.<target>` and `grad_B.<layer>.<target>` of the shapes of their factors.
 *
 * A row's bits do not depend on its neighbours, on their adapters, nor on the number of threads; they do depend on
 * s and m. Run it with `enableMemPattern: false`. Throws graph/no-target, graph/shape.
 */
export function gradGraph(config: LlamaConfig, weights: WeightIndex, options: GradOptions): Graph {
  const { projections, hidden = false } = options
  const from = firstBlock(config, projections)
  const graph = new Graph()
  const source = hidden
    ? graph.input('hidden', 'f32', ['b', 's', config.hidden_size])
    : graph.input('input_ids', 'i64', ['b', 's'])
  const mask = graph.input('attention_mask', 'i64', ['b', 's'])
  const labelPositions = graph.input('target_pos', 'i64', ['b', 'm'])
  const labels = graph.input('target_ids', 'i64', ['b', 'm'])
  const weight = graph.input('target_weight', 'f32', ['b', 'm'])
  const lora = loraLeaves(graph, config, projections)
  const llama = new Llama(graph, { config, weights, lora, parameters: frozenParameters(graph, weights) })

  const positions = positionsOf(graph, mask)
  const tables = ropeTables(graph, config, maxPositions(config))
  const attend = (queryPositions: Val): Attend =>
    attention(graph, config, { tables, mask, keyPositions: positions, queryPositions })
  const everywhere = attend(positions)
  let x = hidden ? source : llama.embed(source)
  const last = config.num_hidden_layers - 1
  for (let layer = hidden ? from : 0; layer < last; layer++) x = llama.block(x, layer, everywhere)
  // Only rows with a label reach the loss, so the last block asks, attends and runs its MLP for these alone.
  x = llama.block(x, last, attend(labelPositions), pickRows(graph, positions, labelPositions))

  const nll = vocabularyLoss(graph, llama.finalNorm(x), llama.head, labels)
  const loss = weightedLoss(graph, nll, weight)
  graph.output('loss', loss)
  if (options.gradients ?? true) outputGradients(graph, loss, lora.leaves)
  return graph
}

/** Rows by position, as a product with a one-hot matrix: exact, and differentiable without a scatter. */
function pickRows(graph: Graph, positions: Val, wanted: Val): (x: Val) => Val {
  const hot = equalTo(graph, unsqueeze(graph, wanted, [2]), unsqueeze(graph, positions, [1]), ['b', 'm', 's'])
  return (x) => matmul(graph, hot, x)
}

function outputGradients(graph: Graph, loss: Val, leaves: readonly LoraLeaf[]): void {
  const factors = leaves.flatMap(({ name, A, B }) => [
    { name: `grad_A.${name}`, value: A },
    { name: `grad_B.${name}`, value: B },
  ])
  const found = gradients(
    graph,
    loss,
    factors.map(({ value }) => value),
  )
  for (const [i, { name }] of factors.entries()) graph.output(name, found[i] as Val)
}

function firstBlock(config: LlamaConfig, projections: readonly Projection[]): number {
  const layers = config.num_hidden_layers
  const inside = projections.every(({ layer }) => Number.isInteger(layer) && layer >= 0 && layer < layers)
  if (projections.length > 0 && inside) return Math.min(...projections.map(({ layer }) => layer))
  throw new TributaryError('A gradient needs at least one projection of at least one block.', {
    code: 'graph/no-target',
    facts: { projections: projections.length, layers },
    tryThis: 'name projections of blocks that the model has',
  })
}
