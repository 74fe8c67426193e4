import type { Graph, Val } from '../Graph.ts'
import { dimAt, shapeError } from '../shapes.ts'

/** Axis i of the result is axis permutation[i] of x. Throws graph/shape when it is no permutation of x's axes. */
export function transpose(graph: Graph, x: Val, permutation: readonly number[]): Val {
  if (permutation.length !== x.shape.length || new Set(permutation).size !== permutation.length) {
    throw shapeError('This is no permutation of the axes.', { shape: x.shape, permutation })
  }
  return graph.op('Transpose', [x], {
    dtype: x.dtype,
    attributes: { perm: permutation },
    shape: permutation.map((axis) => dimAt(x.shape, axis)),
    vjp: (gradient) => [
      transpose(
        graph,
        gradient,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
    ],
  })
}
