import type { Graph, Val } from '../Graph.ts'
import { shapeError } from '../shapes.ts'

/** x with axes of length 1 put in, at these places of the result. */
export function unsqueeze(graph: Graph, x: Val, axes: readonly number[]): Val {
  const shape = [...x.shape]
  for (const axis of axes.toSorted((a, b) => a - b)) shape.splice(axis, 0, 1)
  return graph.op('Unsqueeze', [x, graph.ints(axes)], {
    dtype: x.dtype,
    shape,
    vjp: (gradient) => [squeeze(graph, gradient, axes)],
  })
}

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
