import type { Graph, Val } from '../Graph.ts'
import { add } from './add.ts'
import { multiply } from './multiply.ts'
import { subtract } from './subtract.ts'

/** y = x s with s = sigmoid(x); dy/dx = s (1 + x (1 - s)) = s + y - y s. QuickGelu with alpha 1 is SiLU in one kernel. */
export function silu(graph: Graph, x: Val): Val {
  const y: Val = graph.op('QuickGelu', [x], {
    domain: 'com.microsoft',
    attributes: { alpha: { float: 1 } },
    shape: x.shape,
    vjp: (gradient) => {
      const s = graph.op('Sigmoid', [x], { shape: x.shape })
      return [multiply(graph, gradient, add(graph, s, subtract(graph, y, multiply(graph, y, s))))]
    },
  })
  return y
}
