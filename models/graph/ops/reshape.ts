import type { Graph, Val } from '../Graph.ts'
import { elementsOf, shapeError, type Shape } from '../shapes.ts'
import { shapeOf } from './shapeOf.ts'

/**
 * x with the same elements in another shape. A named dimension keeps its place (ONNX's 0), save at most one (-1).
 * Throws graph/shape when the numbers of elements differ, or two names move.
 */
export function reshape(graph: Graph, x: Val, shape: Shape): Val {
  const dims = shape.map((dim, i) => (typeof dim === 'number' ? dim : x.shape[i] === dim ? 0 : -1))
  const [from, to] = [elementsOf(x.shape), elementsOf(shape)]
  const fits = from.factor === to.factor && from.names.join() === to.names.join()
  if (!fits || dims.filter((dim) => dim === -1).length > 1) {
    throw shapeError('The elements do not fit this shape.', { from: x.shape, to: shape })
  }
  return graph.op('Reshape', [x, graph.ints(dims)], {
    dtype: x.dtype,
    shape,
    vjp: (gradient) => [graph.op('Reshape', [gradient, shapeOf(graph, x)], { shape: x.shape })],
  })
}
