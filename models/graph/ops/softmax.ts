import type { Graph, Val } from '../Graph.ts'
import { multiply } from './multiply.ts'
import { subtract } from './subtract.ts'
import { sumAxis } from './sumAxis.ts'

/** y = softmax(x) over the last axis; dx = g y - y Σ(g y). */
export function softmax(graph: Graph, x: Val): Val {
  const y: Val = graph.op('Softmax', [x], {
    attributes: { axis: -1 },
    shape: x.shape,
    vjp: (gradient) => {
      const gy = multiply(graph, gradient, y)
      return [subtract(graph, gy, multiply(graph, y, sumAxis(graph, gy, -1)))]
    },
  })
  return y
}
