import type { Graph, Val } from '../Graph.ts'
import { shapeOf } from '../ops/shapeOf.ts'

/** 0, 1, 2, ... for each row of an attention mask [b, s]: rows are padded on the right. */
export function positionsOf(graph: Graph, attentionMask: Val): Val {
  const shape = shapeOf(graph, attentionMask)
  const length = graph.op('Gather', [shape, graph.int(1)], { attributes: { axis: 0 }, dtype: 'i64', shape: [] })
  const range = graph.op('Range', [graph.int(0), length, graph.int(1)], { dtype: 'i64', shape: ['s'] })
  return graph.op('Expand', [range, shape], { dtype: 'i64', shape: attentionMask.shape })
}
