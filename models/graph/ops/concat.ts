import type { Graph, Val } from '../Graph.ts'
import type { Dim } from '../onnx.ts'

/** Puts values one after the other along an axis, whose length becomes `dim`. No derivative: used on results only. */
export function concat(graph: Graph, parts: readonly [Val, ...Val[]], axis: number, dim: Dim): Val {
  return graph.op('Concat', parts, {
    attributes: { axis },
    dtype: parts[0].dtype,
    shape: parts[0].shape.map((d, i) => (i === axis ? dim : d)),
  })
}
