import type { Graph, Val } from '../Graph.ts'
import { add } from '../ops/add.ts'
import { matmul } from '../ops/matmul.ts'
import { reshape } from '../ops/reshape.ts'
import { rotary, type RotaryTables } from '../ops/rotary.ts'
import { softmaxMix } from '../ops/softmaxMix.ts'
import { transpose } from '../ops/transpose.ts'
import { dimAt, scaledDim } from '../shapes.ts'
import { causalBias } from './causalBias.ts'
import type { LlamaConfig } from './LlamaConfig.ts'
import { headDim } from './llamaSizes.ts'

export type AttentionOptions = {
  readonly tables: RotaryTables
  /** [b, s], 1 for real tokens. */
  readonly mask: Val
  readonly keyPositions: Val
  /** [b, q]; queries may stand at a few of the positions only. */
  readonly queryPositions: Val
}

/**
 * Grouped-query attention in plain operators, so that every step has a derivative.
 *
 *   out = softmax(q kᵀ / √headDim + bias) v, each key head serving heads / keyHeads queries
 *
 * The queries of a group are rows of one matrix [group · q, headDim] per key head: large products, no broadcast of keys
 * to be summed again in the gradient, and the same kernel for any batch.
 * Shapes: q [b, q, heads · headDim], k and v [b, s, keyHeads · headDim]; returns [b, q, heads · headDim].
 */
export function attention(
  graph: Graph,
  config: LlamaConfig,
  { tables, mask, keyPositions, queryPositions }: AttentionOptions,
): (q: Val, k: Val, v: Val) => Val {
  const size = headDim(config)
  const keyHeads = config.num_key_value_heads
  const group = config.num_attention_heads / keyHeads
  const bias = causalBias(graph, mask, keyPositions, queryPositions, group)
  return (q, k, v) => {
    const [batch, queries, keys] = [dimAt(q.shape, 0), dimAt(q.shape, 1), dimAt(k.shape, 1)]
    const byGroup = reshape(graph, rotary(graph, q, queryPositions, tables), [batch, queries, keyHeads, group, size])
    const rows = [batch, keyHeads, scaledDim(queries, group), size]
    const query = reshape(graph, transpose(graph, byGroup, [0, 2, 3, 1, 4]), rows)
    const byHead = (x: Val): Val => transpose(graph, reshape(graph, x, [batch, keys, keyHeads, size]), [0, 2, 1, 3])
    const key = byHead(rotary(graph, k, keyPositions, tables))

    const logits = matmul(graph, query, key, { transposeB: true, alpha: size ** -0.5 })
    const mixed = softmaxMix(graph, add(graph, logits, bias), byHead(v))
    const apart = reshape(graph, mixed, [batch, keyHeads, group, queries, size])
    const joined = transpose(graph, apart, [0, 3, 1, 2, 4])
    return reshape(graph, joined, [batch, queries, keyHeads * group * size])
  }
}
