import type { Graph, Val } from '../Graph.ts'

/** The shape of a value as a vector, known when the graph runs. */
export function shapeOf(graph: Graph, x: Val): Val {
  return graph.op('Shape', [x], { dtype: 'i64', shape: [x.shape.length] })
}
