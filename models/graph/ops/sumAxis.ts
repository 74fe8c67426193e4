import type { Graph, Val } from '../Graph.ts'
import { shapeOf } from './shapeOf.ts'

/**
 * Sum over one axis, which stays with length 1.
 * Over the last axis the bits are the same for any number of threads; over others they need not be.
 */
export function sumAxis(graph: Graph, x: Val, axis: number): Val {
  const at = axis < 0 ? x.shape.length + axis : axis
  return graph.op('ReduceSum', [x, graph.ints([at])], {
    attributes: { keepdims: 1 },
    shape: x.shape.map((dim, i) => (i === at ? 1 : dim)),
    vjp: (gradient) => [graph.op('Expand', [gradient, shapeOf(graph, x)], { shape: x.shape })],
  })
}
