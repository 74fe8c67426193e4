import { TributaryError } from '../../kernel/index.ts'
import type { Dim } from './onnx.ts'

export type Shape = readonly Dim[]

/**
 * The shape of an elementwise operation on two tensors, by ONNX's rule: aligned from the right, 1 stretches.
 * Two names are the same dimension only when they are the same name. Throws graph/shape.
 */
export function broadcastShapes(a: Shape, b: Shape): Dim[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1
    const y = b[b.length - rank + i] ?? 1
    if (x !== y && x !== 1 && y !== 1) throw shapeError('Two shapes do not broadcast.', { a, b })
    return x === 1 ? y : x
  })
}

/** The axes over which a tensor of shape `from` is summed to undo its broadcast out of shape `to`. */
export function stretchedAxes(from: Shape, to: Shape): number[] {
  const lead = from.length - to.length
  if (lead < 0) throw shapeError('A tensor cannot be summed to a higher rank.', { from, to })
  return from.flatMap((dim, i) => {
    const target = i < lead ? 1 : to[i - lead]
    if (target !== dim && target !== 1) throw shapeError('A tensor cannot be summed to this shape.', { from, to })
    return i < lead || (target === 1 && dim !== 1) ? [i] : []
  })
}

/** The shape with its last two axes exchanged. Throws graph/shape below rank 2. */
export function transposeLast(shape: Shape): Dim[] {
  const [rows, columns] = shape.slice(-2)
  if (rows === undefined || columns === undefined) throw shapeError('A matrix needs two axes.', { shape })
  return [...shape.slice(0, -2), columns, rows]
}

/** The dimension at `axis` (negative counts from the end). Throws graph/shape when there is none. */
export function dimAt(shape: Shape, axis: number): Dim {
  const dim = shape.at(axis)
  if (dim === undefined) throw shapeError('The tensor has no such axis.', { shape, axis })
  return dim
}

export function shapeError(message: string, facts: Record<string, Shape | number | string>): TributaryError {
  return new TributaryError(message, {
    code: 'graph/shape',
    facts,
    tryThis: 'compare the shapes in the facts; names are dimensions that are known only when the graph runs',
  })
}

/** A dimension `times` as long; `4*s` where it is a name. */
export function scaledDim(dim: Dim, times: number): Dim {
  if (times === 1) return dim
  return typeof dim === 'number' ? dim * times : `${times}*${dim}`
}

/** The number of elements as a factor and the names that it is multiplied by: [b, 4*s, 8] is 32 of b and s. */
export function elementsOf(shape: Shape): { factor: number; names: string[] } {
  let factor = 1
  const names: string[] = []
  for (const dim of shape) {
    const [, times = '1', name = ''] = /^(?:(\d+)\*)?(.*)$/.exec(String(dim)) ?? []
    factor *= typeof dim === 'number' ? dim : Number(times)
    if (typeof dim === 'string') names.push(name)
  }
  return { factor, names: names.toSorted() }
}
