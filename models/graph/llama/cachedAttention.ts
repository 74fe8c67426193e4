import type { Graph, Val } from '../Graph.ts'
import { add } from '../ops/add.ts'
import { concat } from '../ops/concat.ts'
import { matmul } from '../ops/matmul.ts'
import { multiply } from '../ops/multiply.ts'
import { reshape } from '../ops/reshape.ts'
import { rotary, type RotaryTables } from '../ops/rotary.ts'
import { transpose } from '../ops/transpose.ts'
import { unsqueeze } from '../ops/unsqueeze.ts'
import type { Shape } from '../shapes.ts'
import type { Attend } from './Llama.ts'
import type { LlamaConfig } from './LlamaConfig.ts'
import { headDim } from './llamaSizes.ts'

/** Rows whose past lies in memory of one capacity. */
type Lane = { index: number; bias: Val; lengths: Val }

export type CachedAttention = {
  /** The attention of one block. */
  of: (layer: number) => Attend
  /** Keys and values of the chunk, [2 · layers · b, keyHeads, 1, s, headDim]: block by block, keys before values. */
  newRows: () => Val
}

/**
 * Attention of a chunk of tokens to themselves and to a past that is only read.
 *
 *   out = softmax([q pastKᵀ + pastBias | q newKᵀ + chunkBias]) [pastV ; newV],   q scaled by 1 / √headDim
 *
 * The rows of the batch lie in `lanes` groups, one after the other; a group's past has its own capacity, so a long row
 * does not make short ones read as much. Each head multiplies by itself: with one query a product is one pass over the
 * keys as they lie, and nothing is packed.
 *
 * Inputs: `lane_rows` i64 [lanes]; `chunk_bias` f32 [s, s], 0 where a token sees another of its chunk, else -1e9; for each
 * lane `past_bias.<lane>` f32 [rows, 1, 1, 1, capacity], likewise, and for each block `keys.<lane>.<layer>` and
 * `values.<lane>.<layer>` f32 [rows, keyHeads, 1, capacity, headDim].
 * A row's bits do not depend on the capacity, if it is a multiple of 64: what is hidden adds exact zeros after all else.
 */
export function cachedAttention(
  graph: Graph,
  config: LlamaConfig,
  { tables, positions, lanes: count }: { tables: RotaryTables; positions: Val; lanes: number },
): CachedAttention {
  const size = headDim(config)
  const keyHeads = config.num_key_value_heads
  const group = config.num_attention_heads / keyHeads
  const scale = graph.float(size ** -0.5)
  const chunkBias = graph.input('chunk_bias', 'f32', ['s', 's'])
  const laneRows = graph.input('lane_rows', 'i64', [count])
  const chunkLength = lengthOf(graph, chunkBias, 1)
  const lanes = Array.from({ length: count }, (_, index): Lane => {
    const bias = graph.input(`past_bias.${index}`, 'f32', [`b.${index}`, 1, 1, 1, `capacity.${index}`])
    return { index, bias, lengths: concat(graph, [lengthOf(graph, bias, 4), chunkLength], 0, 2) }
  })
  const found: Val[] = []

  // Heads come before tokens, so that a token's heads are products of their own. With a single key head the runtime would
  // take the heads of a batch of one, and not those of a larger one, as the rows of one matrix: other kernels, other bits.
  // There a token's heads are rows of one matrix always.
  const [order, back] =
    keyHeads > 1
      ? [
          [0, 2, 3, 1, 4],
          [0, 3, 1, 2, 4],
        ]
      : [
          [0, 2, 1, 3, 4],
          [0, 2, 1, 3, 4],
        ]
  const seenBias = keyHeads > 1 ? chunkBias : unsqueeze(graph, chunkBias, [1])
  const byHead = (x: Val, rows: number, axes: readonly number[] = [0, 2, 3, 1, 4]): Val =>
    transpose(graph, reshape(graph, x, ['b', 's', keyHeads, rows, size]), axes)
  const byLane = (x: Val): Val[] => {
    const outputs = lanes.map(({ index }) => ({ shape: [`b.${index}`, ...x.shape.slice(1)] }))
    return graph.node('Split', [x, laneRows], { attributes: { axis: 0 }, outputs })
  }
  const attendIn = ({ index, bias, lengths }: Lane, layer: number, q: Val, seen: Val, newValues: Val): Val => {
    const shape: Shape = [`b.${index}`, keyHeads, 1, `capacity.${index}`, size]
    const keys = graph.input(`keys.${index}.${layer}`, 'f32', shape)
    const values = graph.input(`values.${index}.${layer}`, 'f32', shape)
    const past = add(graph, matmul(graph, q, keys, { transposeB: true }), bias)
    const all = concat(graph, [past, seen], 4, `capacity.${index}+s`)
    const weights = graph.op('Softmax', [all], { attributes: { axis: -1 }, shape: all.shape })
    const outputs = [{ shape: past.shape }, { shape: seen.shape }]
    const [old, fresh] = graph.node('Split', [weights, lengths], { attributes: { axis: 4 }, outputs }) as [Val, Val]
    return add(graph, matmul(graph, old, values), matmul(graph, fresh, newValues))
  }
  return {
    of: (layer) => (q, k, v) => {
      const queries = byHead(multiply(graph, rotary(graph, q, positions, tables), scale), group, order)
      const keys = byHead(rotary(graph, k, positions, tables), 1)
      const values = byHead(v, 1)
      found.push(keys, values)
      const seen = add(graph, matmul(graph, queries, keys, { transposeB: true }), seenBias)
      const [queriesOf, seenOf, valuesOf] = [byLane(queries), byLane(seen), byLane(values)]
      const parts = lanes.map((lane, i) => attendIn(lane, layer, queriesOf[i]!, seenOf[i]!, valuesOf[i]!))
      const mixed = concat(graph, parts as [Val, ...Val[]], 0, 'b')
      return reshape(graph, transpose(graph, mixed, back), ['b', 's', keyHeads * group * size])
    },
    newRows: () => concat(graph, found as [Val, ...Val[]], 0, 'blocks*b'),
  }
}

/** The length of one axis as a vector of one number. */
function lengthOf(graph: Graph, x: Val, axis: number): Val {
  return graph.op('Shape', [x], { attributes: { start: axis, end: axis + 1 }, dtype: 'i64', shape: [1] })
}
