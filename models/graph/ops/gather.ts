import type { Graph, Val } from '../Graph.ts'
import { matmul } from './matmul.ts'
import { oneHot } from './oneHot.ts'
import { requireType } from './sameType.ts'
import { sumTo } from './sumTo.ts'

/**
 * Rows of a table: x [n, ...] and indices [...i] give [...i, ...].
 * Its derivative exists for matrices x [n, d] only, as a product with a one-hot matrix: meant for small n.
 */
export function gather(graph: Graph, x: Val, indices: Val): Val {
  requireType('gather', indices, 'i64')
  const isMatrix = x.dtype === 'f32' && x.shape.length === 2
  return graph.op('Gather', [x, indices], {
    attributes: { axis: 0 },
    dtype: x.dtype,
    shape: [...indices.shape, ...x.shape.slice(1)],
    ...(isMatrix
      ? {
          vjp: (gradient) => [
            sumTo(graph, matmul(graph, oneHot(graph, indices, x), gradient, { transposeA: true }), x.shape),
          ],
        }
      : {}),
  })
}
