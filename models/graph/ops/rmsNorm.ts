import type { Graph, Val } from '../Graph.ts'
import { multiply } from './multiply.ts'
import { shapeError } from '../shapes.ts'
import { subtract } from './subtract.ts'
import { sumLast } from './sumLast.ts'
import { sumTo } from './sumTo.ts'

/**
 * y = x̂ w with x̂ = x / rms(x), rms over the last axis with `epsilon` under the root.
 *
 *   dx = (g w - x̂ mean(g w x̂)) / rms      dw = Σ g x̂
 *
 * The kernel gives 1 / rms as its second output, which is dropped from graphs that take no gradient.
 */
export function rmsNorm(graph: Graph, x: Val, weight: Val, epsilon: number): Val {
  const width = featuresOf(weight)
  const [y, inverseRms] = graph.node('SimplifiedLayerNormalization', [x, weight], {
    attributes: { axis: -1, epsilon: { float: epsilon } },
    outputs: [{ shape: x.shape }, { shape: [...x.shape.slice(0, -1), 1] }],
    vjp: (gradient, needs) => {
      const normed = multiply(graph, x, inverseRms)
      const dx = (): Val => {
        const scaled = multiply(graph, gradient, weight)
        const mean = sumLast(graph, multiply(graph, scaled, normed), 1 / width)
        return multiply(graph, inverseRms, subtract(graph, scaled, multiply(graph, normed, mean)))
      }
      return [needs(0) ? dx() : null, needs(1) ? sumTo(graph, multiply(graph, gradient, normed), weight.shape) : null]
    },
  }) as [Val, Val]
  return y
}

function featuresOf(weight: Val): number {
  const [width] = weight.shape
  if (weight.shape.length === 1 && typeof width === 'number') return width
  throw shapeError('The weight of a norm is a vector of known length.', { shape: weight.shape })
}
