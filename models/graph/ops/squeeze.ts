import type { Graph, Val } from '../Graph.ts'
import { shapeError } from '../shapes.ts'
import { unsqueeze } from './unsqueeze.ts'

/** x without these axes, each of length 1. Throws graph/shape when one is longer. */
export function squeeze(graph: Graph, x: Val, axes: readonly number[]): Val {
  if (axes.some((axis) => x.shape[axis] !== 1)) {
    throw shapeError('Only axes of length 1 can be dropped.', { shape: x.shape, axes })
  }
  return graph.op('Squeeze', [x, graph.ints(axes)], {
    dtype: x.dtype,
    shape: x.shape.filter((_, axis) => !axes.includes(axis)),
    vjp: (gradient) => [unsqueeze(graph, gradient, axes)],
  })
}
