import { TributaryError } from '../../kernel/index.ts'
import { Graph, type Val } from './Graph.ts'
import { gradients } from './gradients.ts'
import { attention } from './llama/attention.ts'
import { Llama, type Attend } from './llama/Llama.ts'
import type { LlamaConfig } from './llama/LlamaConfig.ts'
import { loraInputs, type LoraPair, type LoraPairs } from './llama/loraInputs.ts'
import { maxPositions } from './llama/maxPositions.ts'
import { frozenParameters } from './llama/parameters.ts'
import { positionsOf } from './llama/positionsOf.ts'
import { ropeTables } from './llama/ropeTables.ts'
import type { Target } from './llama/target.ts'
import type { WeightIndex } from './llama/WeightIndex.ts'
import { concat } from './ops/concat.ts'
import { matmul } from './ops/matmul.ts'
import { equalTo } from './ops/oneHot.ts'
import { unsqueeze } from './ops/unsqueeze.ts'
import { vocabularyLoss } from './ops/vocabularyLoss.ts'
import { weightedLoss } from './ops/weightedLoss.ts'

export type GradOptions = {
  targets: readonly Target[]
  /** First block with LoRA; 0 unless given. The stacked inputs and the gradients count layers from it. */
  from?: number
  /** Start from the cached state that enters block `from` (prefixGraph) instead of tokens. */
  hidden?: boolean
}

/**
 * Loss and LoRA gradient of each row by itself; one batch may mix any adapters.
 *
 *   loss[b] = Σ_m weight[b, m] · nll(label[b, m] at position[b, m]),   grad = d loss[b] / d (A, B of row b)
 *
 * Inputs: `input_ids` i64 [b, s], or `hidden` f32 [b, s, hidden]; `attention_mask` i64 [b, s], padded on the right;
 * `target_pos` and `target_ids` i64 [b, m], `target_weight` f32 [b, m]: the logits at target_pos predict target_ids;
 * weight 0 pads. `adapter_idx`, `lora_A.<t>`, `lora_B.<t>`: see loraInputs.
 * Outputs: `loss` f32 [b] in nats; `grad_A.<t>` [b, layers, in, r]; `grad_B.<t>` [b, layers, r, out].
 *
 * A row's bits do not depend on its neighbours, on their adapters, nor on the number of threads; they do depend on
 * s and m. Run it with `enableMemPattern: false`. Throws graph/no-target, graph/shape.
 */
export function gradGraph(config: LlamaConfig, weights: WeightIndex, options: GradOptions): Graph {
  const { targets, from = 0, hidden = false } = options
  checkOptions(config, targets, from)
  const graph = new Graph()
  const source = hidden
    ? graph.input('hidden', 'f32', ['b', 's', config.hidden_size])
    : graph.input('input_ids', 'i64', ['b', 's'])
  const mask = graph.input('attention_mask', 'i64', ['b', 's'])
  const labelPositions = graph.input('target_pos', 'i64', ['b', 'm'])
  const labels = graph.input('target_ids', 'i64', ['b', 'm'])
  const weight = graph.input('target_weight', 'f32', ['b', 'm'])
  const lora = loraInputs(graph, config, targets, from)
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
  outputGradients(graph, loss, lora, targets, from, config.num_hidden_layers)
  return graph
}

/** Rows by position, as a product with a one-hot matrix: exact, and differentiable without a scatter. */
function pickRows(graph: Graph, positions: Val, wanted: Val): (x: Val) => Val {
  const hot = equalTo(graph, unsqueeze(graph, wanted, [2]), unsqueeze(graph, positions, [1]), ['b', 'm', 's'])
  return (x) => matmul(graph, hot, x)
}

function outputGradients(
  graph: Graph,
  loss: Val,
  lora: LoraPairs,
  targets: readonly Target[],
  from: number,
  layers: number,
): void {
  const leaves = targets.flatMap((target) => {
    const pairs = Array.from({ length: layers - from }, (_, i) => lora.of(from + i, target) as LoraPair)
    return [
      { name: `grad_A.${target}`, values: pairs.map((pair) => pair.A) },
      { name: `grad_B.${target}`, values: pairs.map((pair) => pair.B) },
    ]
  })
  const found = gradients(
    graph,
    loss,
    leaves.flatMap((leaf) => leaf.values),
  )
  for (const { name, values } of leaves) {
    const parts = found.splice(0, values.length).map((value) => unsqueeze(graph, value, [1]))
    graph.output(name, concat(graph, parts as [Val, ...Val[]], 1, layers - from))
  }
}

function checkOptions(config: LlamaConfig, targets: readonly Target[], from: number): void {
  const layers = config.num_hidden_layers
  if (targets.length > 0 && Number.isInteger(from) && from >= 0 && from < layers) return
  throw new TributaryError('A gradient needs at least one target in at least one block.', {
    code: 'graph/no-target',
    facts: { targets, from, layers },
    tryThis: 'name targets, and a first block below the number of layers',
  })
}
