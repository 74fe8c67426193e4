import { Graph } from './Graph.ts'
import { blockProduct, type BlockInputs } from './llama/blockProduct.ts'
import type { BlockWeights } from './llama/BlockWeights.ts'
import { cachedAttention } from './llama/cachedAttention.ts'
import { Llama } from './llama/Llama.ts'
import type { LlamaConfig } from './llama/LlamaConfig.ts'
import { loraLeaves, type Projection } from './llama/loraLeaves.ts'
import { maxPositions } from './llama/maxPositions.ts'
import { frozenParameters } from './llama/parameters.ts'
import { ropeTables } from './llama/ropeTables.ts'
import type { WeightIndex } from './llama/WeightIndex.ts'
import { gather } from './ops/gather.ts'

export type ServeOptions = {
  /** What adapters may adapt; none: no LoRA inputs. */
  projections?: readonly Projection[]
  /** Rows of the rotary tables, at most the model's own limit; 2,048 unless given. */
  maxPositions?: number
  /** Matrices in blocks of integers, used in place of those of the same name in the weights. */
  blocks?: BlockWeights
  /** How products with `blocks` take their inputs: int8, the fast way, unless given. */
  blockInputs?: BlockInputs
}

/** Groups of rows by the capacity of their past. One more that is empty costs nothing that can be measured. */
export const serveLanes = 2

/**
 * Logits after the last token of a chunk, on a past that is only read, with one adapter per row.
 *
 * Inputs: `input_ids` and `positions` i64 [b, s]; `logit_rows` i64 [n], the rows whose logits are wanted; the past (see
 * cachedAttention); with projections also each row's factors, `lora_A.<layer>.<target>` [b, in, r] and
 * `lora_B.<layer>.<target>` [b, r, out]: a rank is free for each projection, and 0 where no row adapts it.
 * Outputs: `logits` f32 [n, vocabulary]; `new_rows`, the keys and values of the chunk, which the caller appends to the past.
 *
 * The runtime's Node binding copies every output that it returns, which is why the past is no output.
 * All rows of a batch have chunks of one length s: 1 in decoding, more for prompts. A row's bits depend on its chunks, its
 * past and its adapter, and not on its neighbours, on capacities or on the number of threads.
 * Throws graph/config, graph/no-tensor.
 */
export function serveGraph(config: LlamaConfig, weights: WeightIndex, options: ServeOptions = {}): Graph {
  const graph = new Graph()
  const ids = graph.input('input_ids', 'i64', ['b', 's'])
  const positions = graph.input('positions', 'i64', ['b', 's'])
  const logitRows = graph.input('logit_rows', 'i64', ['n'])
  const llama = new Llama(graph, {
    config,
    weights,
    lora: loraLeaves(graph, config, options.projections ?? []),
    parameters: frozenParameters(graph, weights),
    ...(options.blocks ? { product: blockProduct(graph, options.blocks, options.blockInputs) } : {}),
  })
  const tables = ropeTables(graph, config, maxPositions(config, options.maxPositions))
  const attention = cachedAttention(graph, config, { tables, positions, lanes: serveLanes })

  let x = llama.embed(ids)
  for (let layer = 0; layer < config.num_hidden_layers; layer++) x = llama.block(x, layer, attention.of(layer))
  const last = graph.op('Gather', [x, graph.int(-1)], { attributes: { axis: 1 }, shape: ['b', config.hidden_size] })
  graph.output('logits', llama.logits(gather(graph, last, logitRows)))
  graph.output('new_rows', attention.newRows())
  return graph
}
