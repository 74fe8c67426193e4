import type { Graph, Val } from '../Graph.ts'
import { multiply } from './multiply.ts'
import { subtract } from './subtract.ts'
import { sumTo } from './sumTo.ts'

/**
 * y = x̂ w with x̂ = x / rms(x), rms over the last axis with `epsilon` under the root.
 *
 *   dx = (g w - x̂ mean(g w x̂)) / rms      dw = Σ g x̂
 *
 * The kernel gives 1 / rms as its second output, which is dropped from graphs that take no gradient.
 */
export function rmsNorm(graph: Graph, x: Val, weight: Val, epsilon: number): Val {
  const last = x.shape.length - 1
  const [y, inverseRms] = graph.node('SimplifiedLayerNormalization', [x, weight], {
    attributes: { axis: -1, epsilon: { float: epsilon } },
    outputs: [{ shape: x.shape }, { shape: [...x.shape.slice(0, -1), 1] }],
    vjp: (gradient, needs) => {
      const normed = multiply(graph, x, inverseRms)
      const dx = (): Val => {
        const scaled = multiply(graph, gradient, weight)
        const mean = graph.op('ReduceMean', [multiply(graph, scaled, normed), graph.ints([last])], {
          attributes: { keepdims: 1 },
          shape: inverseRms.shape,
        })
        return multiply(graph, inverseRms, subtract(graph, scaled, multiply(graph, normed, mean)))
      }
      return [needs(0) ? dx() : null, needs(1) ? sumTo(graph, multiply(graph, gradient, normed), weight.shape) : null]
    },
  }) as [Val, Val]
  return y
}
