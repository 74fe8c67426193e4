import { firstBlock } from './gradGraph.ts'
import { Graph } from './Graph.ts'
import { labelStates } from './labelStates.ts'
import { Llama } from './llama/Llama.ts'
import type { LlamaConfig } from './llama/LlamaConfig.ts'
import type { Projection } from './llama/loraLeaves.ts'
import { frozenParameters } from './llama/parameters.ts'
import type { WeightIndex } from './llama/WeightIndex.ts'
import { gather } from './ops/gather.ts'
import { matmul } from './ops/matmul.ts'
import { vocabularyLoss } from './ops/vocabularyLoss.ts'

/**
 * The loss of one answer under many adapters, cut where the vocabulary begins (see lossRises):
 *
 * - `states`: gradGraph's inputs from `hidden` on, without labels; output `states` f32 [b, m, hidden] after the last norm.
 * - `reference`: `states` f32 [1, m, hidden] and `target_ids` i64 [1, m]; outputs `nll` [1, m, 1] in nats, the
 *   probabilities `p` [1, m, vocabulary], their mean row of the head `mean` and the row of each label `label`, [1, m, hidden].
 * - `changes`: `token_ids` i64 [n] and `moved` f32 [k, hidden]; output `changes` [n, k], head[token] · moved.
 *
 * A row's bits do not depend on its neighbours. Throws graph/no-target.
 */
export function answerGraphs(
  config: LlamaConfig,
  weights: WeightIndex,
  projections: readonly Projection[],
): { states: Graph; reference: Graph; changes: Graph } {
  const states = new Graph()
  const from = firstBlock(config, projections)
  states.output('states', labelStates(states, config, weights, { projections, from }).states)

  const reference = new Graph()
  const at = reference.input('states', 'f32', [1, 'm', config.hidden_size])
  const labels = reference.input('target_ids', 'i64', [1, 'm'])
  const head = headOf(reference, config, weights)
  const logits = matmul(reference, at, head, { transposeB: true })
  const p = reference.op('Softmax', [logits], { attributes: { axis: -1 }, shape: logits.shape })
  reference.output('nll', vocabularyLoss(reference, at, head, labels))
  reference.output('p', p)
  reference.output('mean', matmul(reference, p, head))
  reference.output('label', gather(reference, head, labels))

  const changes = new Graph()
  const tokens = changes.input('token_ids', 'i64', ['n'])
  const moved = changes.input('moved', 'f32', ['k', config.hidden_size])
  const rows = gather(changes, headOf(changes, config, weights), tokens)
  changes.output('changes', matmul(changes, rows, moved, { transposeB: true }))
  return { states, reference, changes }
}

function headOf(graph: Graph, config: LlamaConfig, weights: WeightIndex) {
  return new Llama(graph, { config, weights, parameters: frozenParameters(graph, weights) }).head
}
