import type { Graph, Val } from '../Graph.ts'
import { concat } from '../ops/concat.ts'
import { unsqueeze } from '../ops/unsqueeze.ts'
import { dimAt, scaledDim } from '../shapes.ts'

/**
 * What is added to attention logits: 0 where a query may see a key, else -1e9.
 *
 * Shapes: attentionMask [b, s] with 1 for real tokens, keyPositions [b, s], queryPositions [b, q]; returns
 * [b, 1, group · q, s]: the queries that share a key head lie one after the other (see attention).
 */
export function causalBias(
  graph: Graph,
  attentionMask: Val,
  keyPositions: Val,
  queryPositions: Val,
  group: number,
): Val {
  const rows = scaledDim(dimAt(queryPositions.shape, 1), group)
  const queries = concat(graph, Array(group).fill(queryPositions) as [Val, ...Val[]], 1, rows)
  const shape = [dimAt(queryPositions.shape, 0), rows, dimAt(keyPositions.shape, 1)]
  const past = graph.op('LessOrEqual', [unsqueeze(graph, keyPositions, [1]), unsqueeze(graph, queries, [2])], {
    dtype: 'bool',
    shape,
  })
  const mask = unsqueeze(graph, attentionMask, [1])
  const real = graph.op('Greater', [mask, graph.int(0)], { dtype: 'bool', shape: mask.shape })
  const visible = graph.op('And', [past, real], { dtype: 'bool', shape })
  return unsqueeze(graph, graph.op('Where', [visible, graph.float(0), graph.float(-1e9)], { shape }), [1])
}
