import type { Graph, Val } from '../Graph.ts'
import { stretchedAxes, type Shape } from '../shapes.ts'

/** Undoes a broadcast: sums x over the axes that were stretched from `shape`. No node where there is nothing to sum. */
export function sumTo(graph: Graph, x: Val, shape: Shape): Val {
  const axes = stretchedAxes(x.shape, shape)
  const lead = x.shape.length - shape.length
  const kept =
    axes.length === 0
      ? x
      : graph.op('ReduceSum', [x, graph.ints(axes)], {
          attributes: { keepdims: 1 },
          shape: x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim)),
        })
  return lead === 0 ? kept : graph.op('Squeeze', [kept, graph.ints([...Array(lead).keys()])], { shape })
}
