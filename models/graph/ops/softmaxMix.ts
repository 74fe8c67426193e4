import type { Graph, Val } from '../Graph.ts'
import { matmul } from './matmul.ts'
import { multiply } from './multiply.ts'
import { subtract } from './subtract.ts'
import { sumLast } from './sumLast.ts'
import { sumTo } from './sumTo.ts'

/**
 * o = p v with p = softmax(x) over the last axis: the second half of attention.
 *
 *   dx = p (g vᵀ - Σ g o)      dv = pᵀ g
 *
 * Σ_j p_j (g · v_j) = g · o, so that sum runs over the features of o and not over all keys (FlashAttention's trick):
 * fewer passes over the large matrices.
 * Shapes: x [..., q, s], v [..., s, d]; leading axes broadcast; returns [..., q, d].
 */
export function softmaxMix(graph: Graph, x: Val, v: Val): Val {
  const p = graph.op('Softmax', [x], { attributes: { axis: -1 }, shape: x.shape })
  const mixed = matmul(graph, p, v)
  const o: Val = graph.op('Identity', [mixed], {
    shape: mixed.shape,
    differentiates: [x, v],
    vjp: (gradient, needs) => {
      const dx = (): Val => {
        const perKey = matmul(graph, gradient, v, { transposeB: true })
        return multiply(graph, p, subtract(graph, perKey, sumLast(graph, multiply(graph, gradient, o))))
      }
      const dv = (): Val => sumTo(graph, matmul(graph, p, gradient, { transposeA: true }), v.shape)
      return [needs(0) ? sumTo(graph, dx(), x.shape) : null, needs(1) ? dv() : null]
    },
  })
  return o
}
