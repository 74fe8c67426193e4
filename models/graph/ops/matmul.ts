import type { Graph, Val } from '../Graph.ts'
import { broadcastShapes, dimAt, shapeError, transposeLast, type Shape } from '../shapes.ts'
import { requireType } from './sameType.ts'
import { sumTo } from './sumTo.ts'

export type MatmulOptions = { transposeA?: boolean; transposeB?: boolean; alpha?: number }

/**
 * alpha · op(a) · op(b), where op transposes the last two axes when asked; leading axes broadcast.
 *
 *   da = alpha · g · op(b)ᵀ      db = alpha · op(a)ᵀ · g      (each transposed again where its operand was)
 *
 * Only a plain product is ONNX's MatMul; the rest is FusedMatMul of com.microsoft, which transposes without a copy.
 * Throws graph/shape.
 */
export function matmul(graph: Graph, a: Val, b: Val, options: MatmulOptions = {}): Val {
  const { transposeA = false, transposeB = false, alpha = 1 } = options
  requireType('matmul', a, 'f32')
  requireType('matmul', b, 'f32')
  const left = transposeA ? transposeLast(a.shape) : a.shape
  const right = transposeB ? transposeLast(b.shape) : b.shape
  const fused = transposeA || transposeB || alpha !== 1
  return graph.op(fused ? 'FusedMatMul' : 'MatMul', [a, b], {
    shape: productShape(left, right),
    ...(fused
      ? {
          domain: 'com.microsoft',
          attributes: { transA: Number(transposeA), transB: Number(transposeB), alpha: { float: alpha } },
        }
      : {}),
    vjp: (g, needs) => {
      const da = (): Val =>
        transposeA
          ? matmul(graph, b, g, { transposeA: transposeB, transposeB: true, alpha })
          : matmul(graph, g, b, { transposeB: !transposeB, alpha })
      const db = (): Val =>
        transposeB
          ? matmul(graph, g, a, { transposeA: true, transposeB: transposeA, alpha })
          : matmul(graph, a, g, { transposeA: !transposeA, alpha })
      return [needs(0) ? sumTo(graph, da(), a.shape) : null, needs(1) ? sumTo(graph, db(), b.shape) : null]
    },
  })
}

function productShape(a: Shape, b: Shape): Shape {
  if (a.length < 2 || b.length < 2 || dimAt(a, -1) !== dimAt(b, -2)) {
    throw shapeError('These matrices cannot be multiplied.', { a, b })
  }
  return [...broadcastShapes(a.slice(0, -2), b.slice(0, -2)), dimAt(a, -2), dimAt(b, -1)]
}
