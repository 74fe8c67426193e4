import type { Graph, Val } from '../Graph.ts'
import { broadcastShapes } from '../shapes.ts'
import { sameType } from './sameType.ts'
import { sumTo } from './sumTo.ts'

/** a + b, broadcast. */
export function add(graph: Graph, a: Val, b: Val): Val {
  return graph.op('Add', [a, b], {
    dtype: sameType('add', a, b),
    shape: broadcastShapes(a.shape, b.shape),
    vjp: (gradient, needs) => [
      needs(0) ? sumTo(graph, gradient, a.shape) : null,
      needs(1) ? sumTo(graph, gradient, b.shape) : null,
    ],
  })
}
