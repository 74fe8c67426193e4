import type { Graph, Val } from '../Graph.ts'
import { unsqueeze } from '../ops/unsqueeze.ts'
import { dimAt } from '../shapes.ts'

/**
 * What is added to attention logits: 0 where a query may see a key, else -1e9.
 *
 * Shapes: attentionMask [b, s] with 1 for real tokens, keyPositions [b, s], queryPositions [b, q];
 * returns [b, 1, 1, q, s], to broadcast over key heads and the queries that share one.
 */
export function causalBias(graph: Graph, attentionMask: Val, keyPositions: Val, queryPositions: Val): Val {
  const shape = [dimAt(queryPositions.shape, 0), dimAt(queryPositions.shape, 1), dimAt(keyPositions.shape, 1)]
  const keys = unsqueeze(graph, keyPositions, [1])
  const past = graph.op('LessOrEqual', [keys, unsqueeze(graph, queryPositions, [2])], { dtype: 'bool', shape })
  const mask = unsqueeze(graph, attentionMask, [1])
  const real = graph.op('Greater', [mask, graph.int(0)], { dtype: 'bool', shape: mask.shape })
  const visible = graph.op('And', [past, real], { dtype: 'bool', shape })
  return unsqueeze(graph, graph.op('Where', [visible, graph.float(0), graph.float(-1e9)], { shape }), [1, 2])
}
