import type { Graph, Val } from '../Graph.ts'
import { squeeze } from './squeeze.ts'

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
