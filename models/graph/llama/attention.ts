import type { Graph, Val } from '../Graph.ts'
import { add } from '../ops/add.ts'
import { matmul } from '../ops/matmul.ts'
import { reshape } from '../ops/reshape.ts'
import { rotary, type RotaryTables } from '../ops/rotary.ts'
import { softmax } from '../ops/softmax.ts'
import { transpose } from '../ops/transpose.ts'
import { unsqueeze } from '../ops/unsqueeze.ts'
import { dimAt } from '../shapes.ts'
import type { LlamaConfig } from './LlamaConfig.ts'
import { headDim } from './llamaSizes.ts'

/** What attention needs besides queries, keys and values; queries may stand at a few of the positions only. */
export type AttentionPlan = {
  readonly tables: RotaryTables
  readonly queryPositions: Val
  readonly keyPositions: Val
  /** [b, 1, 1, q, s], see causalBias. */
  readonly bias: Val
}

/**
 * Grouped-query attention in plain operators, so that every step has a derivative.
 *
 *   out = softmax(q kᵀ / √headDim + bias) v, each key head serving heads / keyHeads queries
 *
 * Shapes: q [b, q, heads · headDim], k and v [b, s, keyHeads · headDim]; returns [b, q, heads · headDim].
 */
export function attention(
  graph: Graph,
  config: LlamaConfig,
  { tables, queryPositions, keyPositions, bias }: AttentionPlan,
  [q, k, v]: readonly [Val, Val, Val],
): Val {
  const size = headDim(config)
  const keyHeads = config.num_key_value_heads
  const group = config.num_attention_heads / keyHeads
  const [batch, queries, keys] = [dimAt(q.shape, 0), dimAt(q.shape, 1), dimAt(k.shape, 1)]

  const turned = rotary(graph, q, queryPositions, tables)
  const query = transpose(graph, reshape(graph, turned, [batch, queries, keyHeads, group, size]), [0, 2, 3, 1, 4])
  const byHead = (x: Val): Val => {
    const split = transpose(graph, reshape(graph, x, [batch, keys, keyHeads, size]), [0, 2, 1, 3])
    return unsqueeze(graph, split, [2])
  }
  const key = byHead(rotary(graph, k, keyPositions, tables))

  const logits = matmul(graph, query, key, { transposeB: true, alpha: size ** -0.5 })
  const mixed = matmul(graph, softmax(graph, add(graph, logits, bias)), byHead(v))
  const rows = transpose(graph, mixed, [0, 3, 1, 2, 4])
  return reshape(graph, rows, [batch, queries, keyHeads * group * size])
}
