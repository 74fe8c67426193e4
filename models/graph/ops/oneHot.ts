import type { Graph, Val } from '../Graph.ts'
import { onnxType } from '../onnx.ts'
import { dimAt, shapeError } from '../shapes.ts'
import { unsqueeze } from './unsqueeze.ts'

/**
 * [..., n] of 0 and 1 with a 1 at each index, n being the number of rows of `table`.
 * Made by comparison: no scatter, so the bits do not depend on the number of threads. Cost: n per index.
 */
export function oneHot(graph: Graph, indices: Val, table: Val): Val {
  const rows = dimAt(table.shape, 0)
  if (typeof rows !== 'number') throw shapeError('A one-hot needs a table of known height.', { shape: table.shape })
  const range = graph.op('Range', [graph.int(0), graph.int(rows), graph.int(1)], { dtype: 'i64', shape: [rows] })
  return equalTo(graph, unsqueeze(graph, indices, [indices.shape.length]), range, [...indices.shape, rows])
}

/** 1.0 where two integers are equal, else 0.0. */
export function equalTo(graph: Graph, a: Val, b: Val, shape: Val['shape']): Val {
  const equal = graph.op('Equal', [a, b], { dtype: 'bool', shape })
  return graph.op('Cast', [equal], { attributes: { to: onnxType.f32 }, shape })
}
