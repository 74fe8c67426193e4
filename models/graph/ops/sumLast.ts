import type { Graph, Val } from '../Graph.ts'
import { dimAt, shapeError } from '../shapes.ts'
import { matmul } from './matmul.ts'

/**
 * scale · Σ over the last axis, which stays with length 1. The axis must be of known length.
 *
 * A product with a column of ones, not ReduceSum: that kernel starts its vectors at the first aligned address, so a
 * row's bits would depend on where in the batch it lies.
 */
export function sumLast(graph: Graph, x: Val, scale = 1): Val {
  const length = dimAt(x.shape, -1)
  if (typeof length !== 'number') throw shapeError('The summed axis must be of known length.', { shape: x.shape })
  const column = graph.table(`column.${length}.${scale}`, [length, 1], new Float32Array(length).fill(scale))
  return matmul(graph, x, column)
}
