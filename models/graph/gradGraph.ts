import { TributaryError } from '../../kernel/index.ts'
import { Graph, type Val } from './Graph.ts'
import { gradients } from './gradients.ts'
import { labelStates } from './labelStates.ts'
import type { LlamaConfig } from './llama/LlamaConfig.ts'
import type { LoraLeaf, Projection } from './llama/loraLeaves.ts'
import type { WeightIndex } from './llama/WeightIndex.ts'
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
  const { states, head, leaves } = labelStates(graph, config, weights, { projections, ...(hidden ? { from } : {}) })
  const labels = graph.input('target_ids', 'i64', ['b', 'm'])
  const weight = graph.input('target_weight', 'f32', ['b', 'm'])
  const nll = vocabularyLoss(graph, states, head, labels)
  const loss = weightedLoss(graph, nll, weight)
  graph.output('loss', loss)
  if (options.gradients ?? true) outputGradients(graph, loss, leaves)
  return graph
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

/** The first block that is adapted. Throws graph/no-target. */
export function firstBlock(config: LlamaConfig, projections: readonly Projection[]): number {
  const layers = config.num_hidden_layers
  const inside = projections.every(({ layer }) => Number.isInteger(layer) && layer >= 0 && layer < layers)
  if (projections.length > 0 && inside) return Math.min(...projections.map(({ layer }) => layer))
  throw new TributaryError('A gradient needs at least one projection of at least one block.', {
    code: 'graph/no-target',
    facts: { projections: projections.length, layers },
    tryThis: 'name projections of blocks that the model has',
  })
}
