import type { Graph, Val } from '../Graph.ts'
import { broadcastShapes } from '../shapes.ts'
import { sameType } from './sameType.ts'
import { sumTo } from './sumTo.ts'

/** a * b elementwise, broadcast. */
export function multiply(graph: Graph, a: Val, b: Val): Val {
  return graph.op('Mul', [a, b], {
    dtype: sameType('multiply', a, b),
    shape: broadcastShapes(a.shape, b.shape),
    vjp: (gradient, needs) => [
      needs(0) ? sumTo(graph, multiply(graph, gradient, b), a.shape) : null,
      needs(1) ? sumTo(graph, multiply(graph, gradient, a), b.shape) : null,
    ],
  })
}
